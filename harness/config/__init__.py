"""Objects and values from configs, and what differs between versions of Hydra."""
