"""Words for people: Markdown made safe, HTML of strangers, plain English, slugs, and names that are like others."""
