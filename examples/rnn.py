"""A recurrent network listens to a noisy wave and says which number comes next.

The loss of one wave is a loop over time. Every wave has a pitch and a phase of its own, so that the
network has to find out from what it has heard.
"""

from pathlib import Path
from random import Random

import numpy as np
from matplotlib.figure import Figure

from glassgrad import Adam, Module, Value, lift

PICTURES = Path(__file__).parent / "output"
LENGTH, LISTEN = 20, 6  # numbers in a wave, and how many are heard before the first guess counts


class Recurrent(Module):
    """hidden = tanh(w x + W hidden + b), the guess is a weighted sum of it."""

    def __init__(self, width, seed):
        random = Random(seed)

        def weights(n, deviation):
            return [Value(random.gauss(0, deviation)) for _ in range(n)]

        self.from_input = weights(width, 0.5)
        self.from_hidden = [weights(width, 0.3) for _ in range(width)]
        self.bias = weights(width, 0.1)
        self.readout = weights(width, 0.3)
        self.level = Value(0.0)

    def __call__(self, wave):
        """The guess after each number heard."""
        hidden = [Value(0.0) for _ in self.bias]
        guesses = []
        for x in wave:
            new = []
            for w, row, b in zip(self.from_input, self.from_hidden, self.bias, strict=True):
                total = w * x + b
                for weight, h in zip(row, hidden, strict=True):
                    total = total + weight * h
                new.append(total.tanh())
            hidden = new
            guess = self.level
            for weight, h in zip(self.readout, hidden, strict=True):
                guess = guess + weight * h
            guesses.append(guess)
        return guesses


def waves(rng, n, noise=0.1):
    """Sines of random pitch and phase, with noise."""
    pitch, phase = rng.uniform(0.2, 0.8, (n, 1)), rng.uniform(0, 2 * np.pi, (n, 1))
    return np.sin(pitch * np.arange(LENGTH) + phase) + rng.normal(0, noise, (n, LENGTH))


def main(epochs=15, n_waves=1000, width=12, learning_rate=0.01, pictures=PICTURES):
    """Train, compare with two simple rules on new waves, let the network continue one."""
    rng = np.random.default_rng(0)
    train, test = waves(rng, n_waves), waves(rng, 300)
    model = Recurrent(width, seed=0)

    @lift(wrt=model)
    def loss(wave):
        pairs = list(zip(model(wave[:-1]), wave[1:], strict=True))[LISTEN:]
        return sum((guess - x) ** 2 for guess, x in pairs) / len(pairs)

    optimizer, memory = Adam(model), {"m": 0.0, "v": 0.0}
    theta = loss.theta()
    history = []
    for epoch in range(epochs):
        optimizer.learning_rate = learning_rate * (1 - epoch / epochs)
        values = []
        for batch in rng.permutation(train).reshape(-1, 20, LENGTH):
            value, slope = loss.value_and_grad(theta, batch)
            optimizer.steps += 1
            theta = optimizer.update(theta, slope, memory)
            values.append(value)
        history.append(float(np.mean(values)))
        print(f"epoch {epoch + 1:2}  loss {history[-1]:.4f}")

    last, before, answer = test[:, LISTEN:-1], test[:, LISTEN - 1 : -2], test[:, LISTEN + 1 :]
    error = loss(theta, test)
    same, straight = ((rule - answer) ** 2 for rule in (last, 2 * last - before))
    print(f"squared error on new waves: {error:.4f}")
    print(f"  the last number again {same.mean():.4f}, straight on {straight.mean():.4f}")

    # Alone: the network hears its own guesses. The window keeps its length, so one program does.
    guesses = lift(model, wrt=model)
    heard = test[:1]
    for _ in range(30):
        following = guesses.forward(theta, heard[:, -LENGTH:])[:, -1:]
        heard = np.concatenate([heard, following], axis=1)

    axes = (figure := Figure(figsize=(7, 3), layout="constrained")).add_subplot()
    axes.plot(range(LENGTH), heard[0, :LENGTH], "o-", color="#0072b2", label="heard")
    times = range(LENGTH, heard.shape[1])
    axes.plot(times, heard[0, LENGTH:], "s--", color="#e69f00", ms=4, label="continued")
    axes.set(xlabel="time", ylabel="wave", title="A wave that the network continues by itself")
    axes.legend()
    pictures.mkdir(parents=True, exist_ok=True)
    figure.savefig(pictures / "rnn.png", dpi=100)
    return {"history": history, "error": error, "same": same.mean(), "operations": len(loss)}


if __name__ == "__main__":
    main()
