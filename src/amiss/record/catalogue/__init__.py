"""What the products are, by dated versions; designs; and what is known of items from elsewhere."""
