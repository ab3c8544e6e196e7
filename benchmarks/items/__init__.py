"""One module for each item that is measured, with a function `measure(profile)`."""
