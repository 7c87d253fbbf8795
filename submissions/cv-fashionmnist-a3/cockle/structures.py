import matplotlib.pyplot as plt
import torch

from training import mlp, train

torch.manual_seed(12)
base_network = mlp(784, 256, 512, 10)
deeper_network = mlp(784, 256, 512, 1024, 2048, 10)
wider_network = mlp(784, 1024, 2048, 10)
networks = [base_network, deeper_network, wider_network]
curves = [train(net, 0.1, 2) for net in networks]
accuracies_1_4 = [curve[1][-1] for curve in curves]
n_base, n_deeper, n_wider = [torch.nn.utils.parameters_to_vector(net.parameters()).numel() for net in networks]

fig_1_4, (left, right) = plt.subplots(1, 2)
for (loss, accuracy), name in zip(curves, ["base", "deeper", "wider"]):
    left.plot(loss, label=name)
    right.plot(accuracy, label=name)
left.set(xlabel="epoch", ylabel="loss")
left.legend()

print("Layer      Parameters")
for number, layer in enumerate(base_network[1::2], 1):
    print(f"Linear {number}   {layer.weight.numel() + layer.bias.numel()}")

linear_formula = "(n + 1) * m"
conv_formula = "d * (k * k * c + 1)"
