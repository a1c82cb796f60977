"""Places (办理场所): divisions, the sites that take matters in, and the shops that host them."""
