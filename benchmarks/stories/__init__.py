"""Whether the stories of the recorded booth are decided right, for the right reason, and again."""
