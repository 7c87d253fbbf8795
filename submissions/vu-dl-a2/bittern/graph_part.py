import matplotlib.pyplot as plt
import numpy as np

from vugrad import MLP as SmallMLP
from vugrad import Linear, LogSoftmax, Module, Op, Sigmoid, TensorNode, celoss, load_synth

# nodes
a5, b5 = TensorNode(np.random.rand(2, 2)), TensorNode(np.random.rand(2, 2))
c5 = a5 + b5

a7, b7 = TensorNode([[1, 2], [3, 4]]), TensorNode([[2, 0], [1, -1]])
((a7 + b7) * a7).sum().backward()


class Normalize(Op):
    @staticmethod
    def forward(context, x):
        context["s"] = np.sum(x, axis=1)[:, None]
        context["y"] = x / context["s"]
        return context["y"]

    @staticmethod
    def backward(context, grad):
        return (grad - np.sum(grad * context["y"], axis=1)[:, None]) / context["s"]


class Relu(Op):
    @staticmethod
    def forward(context, x):
        context["sign"] = np.heaviside(x, 1.0)
        return x * context["sign"]

    @staticmethod
    def backward(context, grad):
        return context["sign"] * grad


x9 = TensorNode([[-2, -0.5, 1, 3]])
loss9 = (Relu.do_forward(x9) * TensorNode([[1, 2, 3, 4]])).sum()
loss9.backward()


class ReluNet(SmallMLP):
    def forward(self, points):
        return LogSoftmax.do_forward(self.layer2(Relu.do_forward(self.layer1(points))))


class MLP(Module):
    def __init__(self, input_size, output_size, residual=False, hidden_mult=4):
        width = hidden_mult * input_size
        self.layers = [Linear(input_size, width), Linear(width, width), Linear(width, output_size)]
        self.residual = residual

    def parameters(self):
        # the last layer first
        return sum((layer.parameters() for layer in reversed(self.layers)), [])

    def forward(self, x):
        one = Sigmoid.do_forward(self.layers[0](x))
        two = Sigmoid.do_forward(self.layers[1](one))
        if self.residual:
            two = one + two
        return LogSoftmax.do_forward(self.layers[2](two))


data = load_synth(60, seed=1)


def losses(net, steps=25):
    found = []
    for _ in range(steps):
        loss = celoss(net(TensorNode(data.points)), data.labels)
        net.zero_grad()
        loss.backward()
        net.descend(1.0)
        found.append(loss.value)
    return found


fig9, axes = plt.subplots()
for name, net in {"sigmoid": SmallMLP(2, 2), "relu": ReluNet(2, 2)}.items():
    axes.plot(losses(net), label=name)
axes.set(xlabel="steps", ylabel="cross-entropy")
axes.legend()

net10, plain10 = MLP(3, 2, True), MLP(3, 2, False)
x10 = TensorNode(np.random.rand(5, 3))
out10, out_plain10 = net10(x10), plain10(x10)
losses10 = {"plain": losses(MLP(2, 2)), "residual": losses(MLP(2, 2, residual=True))}
