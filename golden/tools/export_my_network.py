import copy
import torch, torchvision
from safetensors.torch import save_file

net = torchvision.models.resnet50(num_classes=1000).eval()  # your network, with your weights
x = torch.randn(3, 3, 224, 224)                             # or your pictures; any size, any batch
with torch.no_grad():
    single = net(x)
    exact = copy.deepcopy(net).double()(x.double())         # the truth: the same network in float64
error = ((single - exact).norm() / exact.norm()).item()     # what float32 costs PyTorch
save_file(net.state_dict(), "weights.safetensors")
save_file({"input": x, "logits": exact}, "golden.safetensors", {"e_ref.logits": repr(error)})
