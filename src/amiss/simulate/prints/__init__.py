"""What is printed on a product: text, barcodes, pictures, and prints that deceive."""
