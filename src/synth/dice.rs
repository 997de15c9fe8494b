//! Reproducible chance: every draw of the nation comes from (seed, purpose, two numbers), so that any
//! learner, key or salt can be made again on its own, in any order and on any thread.

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest, Sha256};

/// A stream of draws for one purpose.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of this purpose; the same four values always give the same draws.
    pub(super) fn new(seed: u64, purpose: &str, a: u64, b: u64) -> Self {
        let mut hasher = Sha256::new_with_prefix(b"hocba/synth/v1\n");
        hasher.update(seed.to_be_bytes());
        hasher.update(a.to_be_bytes());
        hasher.update(b.to_be_bytes());
        hasher.update(purpose.as_bytes());
        Self(ChaCha8Rng::from_seed(hasher.finalize().into()))
    }

    /// Uniform in `0..n`; 0 when `n` is 0. The bias of a 64-bit product is far below anything visible.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let wide = u128::from(self.0.next_u64()) * (n as u128);
        usize::try_from(wide >> 64).unwrap_or(0)
    }

    /// Uniform in `low..=high`.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = usize::try_from(high.saturating_sub(low)).unwrap_or(0) + 1;
        low.saturating_add(i32::try_from(self.below(span)).unwrap_or(0))
    }

    /// True `n` times in ten thousand.
    pub(super) fn one_in_10k(&mut self, n: usize) -> bool {
        self.below(10_000) < n
    }

    /// True `n` times in a hundred.
    pub(super) fn percent(&mut self, n: usize) -> bool {
        self.below(100) < n
    }

    /// One of them. The slice is never empty: all callers pass constant tables.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Bell-shaped around `mean` with about this deviation: the sum of four uniform draws.
    pub(super) fn bell(&mut self, mean: i32, deviation: i32) -> i32 {
        // Four uniform draws on ±d·√3/2 have variance d².
        let half = deviation * 866 / 1000;
        mean + (0..4).map(|_| self.between(-half, half)).sum::<i32>()
    }

    /// Random bytes.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.0.fill_bytes(&mut out);
        out
    }

    /// A random (version 4) UUID's 16 bytes, as the ministry's codes are.
    pub(super) fn uuid(&mut self) -> [u8; 16] {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid().into_bytes()
    }
}

/// The interface the RSA key generator expects.
impl rand_core_06::RngCore for Dice {
    fn next_u32(&mut self) -> u32 {
        self.0.next_u32()
    }

    fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        self.0.fill_bytes(dest);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core_06::Error> {
        self.0.fill_bytes(dest);
        Ok(())
    }
}

/// A ChaCha stream; the nation's keys guard nothing but synthetic data.
impl rand_core_06::CryptoRng for Dice {}
