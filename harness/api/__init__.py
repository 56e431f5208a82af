"""The public face: what ``import harness`` gives to notebooks and scripts."""
