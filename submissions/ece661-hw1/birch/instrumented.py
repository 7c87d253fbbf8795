"""Layers that keep what they saw last."""
from torch import nn


class Remember:
    def forward(self, value):
        self.input = value
        self.output = super().forward(value)
        return self.output


class CONV(Remember, nn.Conv2d):
    def __init__(self, inputs, outputs, size, padding=0, bias=False):
        super().__init__(inputs, outputs, size, padding=padding, bias=bias)


class FC(Remember, nn.Linear):
    pass
