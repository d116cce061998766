"""What people write under content/: read, checked, and each problem of it named by its place."""
