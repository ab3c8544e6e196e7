"""The website's pages, a module for each feature."""
