"""What a product should look like: pristine references, kept on disk."""
