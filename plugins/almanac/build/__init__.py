"""The build: from content/ to the files of the site, as much of it as changed.

`unchanged` is asked before this package imports anything, so nothing is imported here. `pelican` is the way in, `run` the
build itself, `routes` what is made.
"""
