return texts
    .filter(({size}) => size < limit - 0.01)
    .map(({text, size}) => `${text} has ${size.toFixed(1)} px`);
