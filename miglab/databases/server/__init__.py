"""miglab's own database servers, of any kind: their folders, and what starts and stops them."""
