"""Result files into one Markdown page and its four plots."""
