from django.db import models


class Photo(models.Model):
    listing = models.ForeignKey("marketplace.Listing", on_delete=models.CASCADE)
    path = models.CharField(max_length=200)
    uploaded_at = models.DateTimeField()
    alt_text = models.CharField(max_length=150, blank=True, default="")

    def __str__(self):
        return self.path
