"""Every sentence that the product says about metrics and systems."""
