"""Result files into one Markdown page and one HTML page, by way of a document of plain parts."""
