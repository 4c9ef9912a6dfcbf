namespace Widget.Rag.Search;

/// <summary>The hits of one knowledge base and its weight.</summary>
public sealed record WeightedResult(string KnowledgeBase, double Weight, IReadOnlyList<Hit> Hits);

/// <summary>Number of dropped hits, by reason.</summary>
/// <param name="Duplicates">Hits that repeated another passage.</param>
/// <param name="Contained">Hits that were part of another passage of the same document.</param>
/// <param name="BeyondLimit">Hits beyond the requested number.</param>
public readonly record struct DroppedHits(int Duplicates, int Contained, int BeyondLimit);

/// <summary>
/// Merges the hits of several knowledge bases. Scales differ, so each knowledge base's scores are divided by its best score. A hit's merged
/// score is the sum of weight × normalised score over the knowledge bases that found it; the weights sum to one. Near-duplicates become one
/// hit with all origins. A passage is also merged into a passage of the same document that contains it.
/// </summary>
public static class Merging
{
    /// <summary>Merges the hits.</summary>
    /// <returns>
    /// The hits, best first, and the number of dropped ones. Equal scores keep the order of the knowledge bases and of their hits.
    /// </returns>
    public static (IReadOnlyList<Hit> Hits, DroppedHits Dropped) Merge(IReadOnlyList<WeightedResult> results)
    {
        var total = results.Sum(result => result.Weight);
        var merged = new List<Hit>();
        var index = new NearDuplicates.Index();
        // For each passage in the index, the position of its hit in "merged". Several passages can belong to one hit.
        var positions = new List<int>();
        var (duplicates, contained) = (0, 0);
        foreach (var result in results)
        {
            var weight = total > 0 ? result.Weight / total : 1.0 / results.Count;
            foreach (var (hit, normalised) in result.Hits.Zip(Normalise([.. result.Hits.Select(hit => hit.Score)])))
            {
                var scored = hit with
                {
                    Score = weight * normalised,
                    Origins = [.. hit.Origins.Union([result.KnowledgeBase], StringComparer.Ordinal)],
                };
                var shingles = NearDuplicates.Shingles(hit.Text);
                if (index.Find(shingles, known => merged[positions[known]].IsOfSameDocument(hit)) is not { } found)
                {
                    positions.Add(merged.Count);
                    index.Add(shingles);
                    merged.Add(scored);
                    continue;
                }

                var position = positions[found.Number];
                if (found.Duplication == Duplication.Same) duplicates++;
                else contained++;
                merged[position] = Combine(merged[position], scored, result.KnowledgeBase, found.Duplication);
                if (found.Duplication != Duplication.Whole) continue;
                // The longer text has replaced the shorter one, so later passages are compared with it, too.
                positions.Add(position);
                index.Add(shingles);
            }
        }

        // OrderBy is stable.
        return ([.. merged.OrderByDescending(hit => hit.Score)], new DroppedHits(duplicates, contained, 0));
    }

    /// <summary>
    /// Divides the scores by the best one, which becomes 1. Negative scores are first shifted so that the worst is zero. If all scores are
    /// zero, all become 1.
    /// </summary>
    public static double[] Normalise(IReadOnlyList<double> scores)
    {
        if (scores.Count == 0) return [];
        var floor = Math.Min(0, scores.Min());
        var best = scores.Max() - floor;
        return [.. scores.Select(score => best > 0 ? (score - floor) / best : 1)];
    }

    private static Hit Combine(Hit kept, Hit other, string knowledgeBase, Duplication duplication)
    {
        // The scores add up only if two knowledge bases found the passage, not if one of them found it twice.
        var isFoundByAnother = !kept.Origins.Contains(knowledgeBase, StringComparer.Ordinal);
        return (duplication == Duplication.Whole ? other : kept) with
        {
            Score = isFoundByAnother ? kept.Score + other.Score : Math.Max(kept.Score, other.Score),
            Origins = [.. kept.Origins.Union(other.Origins, StringComparer.Ordinal)],
        };
    }
}
