"""Proofs that this product issues (电子证照、证明): their life, their code, who looked at them."""
