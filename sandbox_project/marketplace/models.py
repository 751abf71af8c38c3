from django.db import models


class Listing(models.Model):
    """A thing that a seller offers."""

    seller = models.ForeignKey("accounts.Seller", on_delete=models.CASCADE)
    title = models.CharField(max_length=100)
    price = models.DecimalField(max_digits=8, decimal_places=2)
    condition = models.CharField(
        max_length=10,
        choices=[("new", "New"), ("used", "Used"), ("worn", "Worn")],
        default="used",
    )

    class Meta:
        indexes = [
            models.Index(fields=["condition", "price"], name="listing_condition_price"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["seller", "title"], name="listing_once_per_seller"),
        ]

    def __str__(self):
        return self.title


class Order(models.Model):
    """A listing that a customer bought."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.CASCADE)
    quantity = models.PositiveSmallIntegerField(default=1)
    coupon = models.CharField(max_length=20, blank=True, default="")
    placed_at = models.DateTimeField()

    def __str__(self):
        return f"{self.quantity} x {self.listing}"
