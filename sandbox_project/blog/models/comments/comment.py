from django.db import models


class Comment(models.Model):
    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE)
    name = models.CharField(max_length=60)
    text = models.TextField()
    written_at = models.DateTimeField()
    is_approved = models.BooleanField(default=False)

    def __str__(self):
        return f"{self.name} on {self.post}"
