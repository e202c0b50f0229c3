"""The laboratories: small experiments that show why the algorithm is as it is, on any formula."""
