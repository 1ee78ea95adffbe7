"""What may run: rules, decisions and the record of them."""
