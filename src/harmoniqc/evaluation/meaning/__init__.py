"""What a specification means: criteria, limits and facts, as exact regions and as bounds of float64."""
