"""Colour maths: lightness and ab, how a picture is shown, and how it is painted."""
