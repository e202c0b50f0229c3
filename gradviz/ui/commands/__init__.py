"""What the window's actions do, by menu. Each class names its handlers; together they answer the table of actions."""
