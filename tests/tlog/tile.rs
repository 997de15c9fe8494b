//! Paths of tiles, and which tiles a tree has.

use std::collections::HashSet;

use hocba::tlog::tile::*;
use proptest::prelude::*;

use super::{MemoryLog, Reference, leaf};

#[test]
fn paths_have_one_spelling() {
    for (text, kind, index, width) in [
        ("tile/0/000", TileKind::Hash(0), 0, 256),
        ("tile/63/x001/234", TileKind::Hash(63), 1234, 256),
        ("tile/1/x001/000.p/1", TileKind::Hash(1), 1000, 1),
        ("tile/entries/x001/x234/067.p/8", TileKind::Entries, 1_234_067, 8),
        ("tile/0/x072/x057/x594/x037/x927/935", TileKind::Hash(0), MAX_INDEX, 256),
        ("bodies/999.p/255", TileKind::Bodies, 999, 255),
    ] {
        let path = TilePath::new(kind, index, width).unwrap();
        assert_eq!(path.to_string(), text);
        assert_eq!(TilePath::parse(text), Ok(path));
        assert_eq!(path.is_public(), !text.starts_with("bodies"));
    }
}

#[test]
fn other_spellings_are_refused() {
    for text in [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/+1/000",
        "tile/-1/000",
        "tile/256/000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x001/",
        "tile/0/x001/x002",
        "tile/0/X001/002",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "tile/0/000.p",
        "tile/0/000.p/+1",
        "tile/0/000.p/1/",
        "tile/0/000.p/1.p/1",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tile/entries/",
        "tile/data/000",
        "tile/bodies/000",
        "tile/8/0/000",
        "tile/0/x072/x057/x594/x037/x927/936",
        "tile/0/x001/x002/x003/x004/x005/x006/x007/008",
        "tile/0/..",
        "tile/0/../000",
        "tile/0/x0٠1/000",
        "tile/0/ 00",
        "bodies/",
        "bodies/0/000",
        "tile/0/x000/x000/000",
    ] {
        assert!(TilePath::parse(text).is_err(), "{text}");
    }
}

#[test]
fn the_examples_of_the_specification() {
    // "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width 112, one
    // full level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1"
    let tiles: Vec<TilePath> = changed_hashes(0, 70_000).collect();
    assert_eq!(tiles.len(), 273 + 1 + 1 + 1 + 1);
    let texts: Vec<String> = tiles[273..].iter().map(ToString::to_string).collect();
    assert_eq!(texts, ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]);
    let texts: Vec<String> = changed_hashes(0, 256).map(|t| t.to_string()).collect();
    assert_eq!(texts, ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(changed_hashes(256, 256).count(), 0);
}

#[test]
fn the_edge_writes_exactly_the_changed_tiles() {
    for step in [1, 7, 100, 256, 300] {
        let mut log = MemoryLog::default();
        let mut size = 0;
        while size < 70_000 {
            let before: HashSet<TilePath> = log.tiles.lock().unwrap().keys().copied().collect();
            let next = if size < 1_000 { size + step } else { size + 23_017 };
            log.grow(next, leaf);
            let after: HashSet<TilePath> = log.tiles.lock().unwrap().keys().copied().collect();
            let written: HashSet<TilePath> = after.difference(&before).copied().collect();
            assert_eq!(written, changed_hashes(size, next).collect::<HashSet<_>>(), "{size} {next}");
            assert!(after.iter().all(|path| path.is_within(next)));
            assert!(changed_hashes(size, next).all(|path| !path.is_within(size)));
            size = next;
        }
    }
}

#[test]
fn the_edge_has_the_root_of_the_tree_and_resumes() {
    let reference = Reference::of(1_300);
    let mut edge = TreeEdge::default();
    for size in 0..1_300u64 {
        assert_eq!(edge.root(), reference.root(size));
        edge.push(leaf(size), |_, _| {});
    }
    let mut rows: [Vec<_>; LEVELS] = Default::default();
    for (level, (_, row)) in edge.partials().enumerate() {
        rows[level] = row.to_vec();
    }
    assert_eq!(TreeEdge::resume(1_300, rows.clone()), Some(edge));
    assert_eq!(TreeEdge::resume(1_301, rows), None);
}

#[test]
fn around_the_first_full_level_1_tile() {
    let reference = Reference::of(65_800);
    let mut edge = TreeEdge::default();
    let mut full = Vec::new();
    for index in 0..65_800u64 {
        edge.push(leaf(index), |path, row| full.push((path, row.len())));
        if index > 65_500 {
            assert_eq!(edge.root(), reference.root(index + 1));
        }
    }
    assert_eq!(full.len(), 257 + 1);
    assert!(full.iter().all(|(path, width)| path.is_full() && *width == 256));
    assert!(full.contains(&(TilePath::parse("tile/1/000").unwrap(), 256)));
}

#[test]
fn whole_hashes_only() {
    for length in [0, 31, 33, 8_193, 8_224] {
        assert_eq!(parse_hashes(&vec![0; length]), Err(TileFault::Length));
    }
    assert_eq!(parse_hashes(&vec![0; 8_192]).unwrap().len(), 256);
}

proptest! {
    #[test]
    fn every_path_reads_back(level in 0u8..64, index in 0..=MAX_INDEX, width in 1u16..=256, kind in 0usize..3) {
        let kind = [TileKind::Hash(level), TileKind::Entries, TileKind::Bodies][kind];
        let path = TilePath::new(kind, index, width).unwrap();
        prop_assert_eq!(TilePath::parse(&path.to_string()), Ok(path));
    }

    #[test]
    fn what_is_read_is_written_the_same(text in "(tile/|bodies/)?([0-9]{1,2}|entries)?/?(x?[0-9]{3}/){0,7}x?[0-9]{0,4}(\\.p/[0-9]{1,3})?") {
        if let Ok(path) = TilePath::parse(&text) {
            prop_assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = TilePath::parse(&text);
    }

    #[test]
    fn no_sizes_overflow(old in any::<u64>(), more in 0u64..100_000) {
        let new = old.saturating_add(more);
        for path in changed_hashes(old, new) {
            prop_assert!(path.is_within(new) && !path.is_within(old));
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..9_000)) {
        let _ = parse_hashes(&bytes);
    }
}
