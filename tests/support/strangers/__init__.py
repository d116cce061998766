"""Strangers: feeds, articles, providers, corrections, posts and pictures as someone hostile would make them."""
