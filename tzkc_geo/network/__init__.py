"""The multimodal network (多模式交通网络): how long it takes from here to there, and by what."""
