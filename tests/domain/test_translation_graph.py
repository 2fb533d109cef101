"""Graph of translations: groups, clashes and complete groups."""

from random import Random

from app.domain.translation_graph import (
    MAX_GROUP,
    Clash,
    StoryVersion,
    TranslationGraph,
    TranslationLink,
    group_number,
)


def to(target: int) -> TranslationLink:
    return TranslationLink(None, None, target, target)


def graph_of(links: dict[int, list[int]], *, languages: dict[int, str] | None = None) -> TranslationGraph:
    """Return a graph of articles of one edition, each in a language of its own unless given."""
    graph = TranslationGraph()
    for number in {*links, *(target for each in links.values() for target in each)}:
        graph.versions[number] = StoryVersion(1, (languages or {}).get(number, f"x-{number}"), is_public=True)
    for number, targets in links.items():
        graph.set_links(number, map(to, targets))
    return graph


def test_links_join_articles_in_both_directions() -> None:
    graph = graph_of({1: [2], 3: [2], 4: [5], 6: []})
    assert [graph.group_of(each) for each in (1, 2, 3)] == [{1, 2, 3}] * 3
    assert sorted(map(sorted, graph.groups())) == [[1, 2, 3], [4, 5], [6]]


def test_group_falls_apart_without_its_link() -> None:
    graph = graph_of({1: [2], 2: [1, 3]})
    graph.set_links(2, [])
    assert graph.group_of(1) == {1, 2}
    assert graph.group_of(3) == {3}


def test_link_to_itself_and_repeated_links_are_dropped() -> None:
    graph = graph_of({1: [1, 2, 2]})
    assert [link.target_id for link in graph.links_of(1)] == [2]
    pending = TranslationLink("ua", "x", None)
    graph.set_links(1, [pending, pending, to(2)])
    assert graph.links_of(1) == (pending, to(2))


def test_clash_names_two_articles_of_one_edition_and_language() -> None:
    graph = graph_of({1: [2], 2: [3]}, languages={1: "en", 2: "uk", 3: "en"})
    assert graph.find_clash(2) == Clash(1, 3)
    graph.versions[3] = StoryVersion(2, "en", is_public=True)
    assert graph.find_clash(2) is None


def test_group_has_a_maximum_size() -> None:
    graph = graph_of({1: list(range(2, MAX_GROUP + 1))})
    assert graph.find_clash(1) is None
    graph.versions[1_000] = StoryVersion(1, "x-1000", is_public=True)
    graph.set_links(1_000, [to(1)])
    assert graph.find_clash(1) == Clash(1, None)


def test_complete_group_is_exact_and_the_rest_remains_joined() -> None:
    graph = graph_of({1: [2, 3], 2: [4], 5: [1]})
    graph.replace_group(1, [3], [])
    assert graph.group_of(1) == {1, 3}
    assert graph.group_of(2) == {2, 4, 5}
    graph.replace_group(3, [], [])
    assert graph.group_of(1) == {1}


def test_number_of_a_group_is_its_lowest_id() -> None:
    assert group_number({3, 2}, []) == 2
    assert group_number({3}, [TranslationLink("ua", "x", None)]) == 3
    assert group_number({3}, []) is None


def test_random_complete_groups_are_exact() -> None:
    random = Random(20261130)
    for _ in range(200):
        numbers = range(1, 8)
        graph = graph_of({each: random.sample(numbers, random.randint(0, 2)) for each in numbers})
        chosen = random.randint(1, 7)
        before = graph.group_of(chosen)
        targets = random.sample(sorted(before - {chosen}), random.randint(0, len(before) - 1))
        rest = before - {chosen, *targets}
        graph.replace_group(chosen, targets, [])
        assert graph.group_of(chosen) == {chosen, *targets}
        for each in rest:
            assert graph.group_of(each) == rest
