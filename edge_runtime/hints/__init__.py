"""What a person says of a picture's colours: session, file, reference, suggestions."""
