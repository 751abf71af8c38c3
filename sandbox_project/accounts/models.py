from django.db import models


class Seller(models.Model):
    name = models.CharField(max_length=100)
    email = models.EmailField(unique=True)
    phone = models.CharField(max_length=30, blank=True, default="")

    def __str__(self):
        return self.name


class Customer(models.Model):
    first_name = models.CharField(max_length=60, default="")
    last_name = models.CharField(max_length=60, default="")
    email = models.EmailField(unique=True)

    def __str__(self):
        return f"{self.first_name} {self.last_name}"
