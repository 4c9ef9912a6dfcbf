namespace Widget.Rag.Search;

/// <summary>One knowledge base's hits with its weight.</summary>
public sealed record WeightedResult(string KnowledgeBase, double Weight, IReadOnlyList<Hit> Hits);

/// <summary>
/// Merges hits of several knowledge bases. Scales differ, so each side's scores are divided by its best; a hit's merged score
/// is the sum over the sides that found it of weight × normalised score, with weights that sum to one. Near-duplicates
/// become one hit that names every origin.
/// </summary>
public static class Merging
{
    /// <returns>Best first, ties in the order of the sides given, and the number of duplicates dropped.</returns>
    public static (IReadOnlyList<Hit> Hits, int Dropped) Merge(IReadOnlyList<WeightedResult> sides, int limit)
    {
        var total = sides.Sum(side => side.Weight);
        var merged = new List<(Hit Hit, HashSet<int> Shingles)>();
        var dropped = 0;
        foreach (var side in sides)
        {
            var best = side.Hits.Count > 0 ? side.Hits.Max(hit => hit.Score) : 0;
            var weight = total > 0 ? side.Weight / total : 1.0 / sides.Count;
            foreach (var hit in side.Hits)
            {
                var score = best > 0 ? weight * hit.Score / best : 0;
                var shingles = NearDuplicates.Shingles(hit.Text);
                var twin = merged.FindIndex(other => NearDuplicates.AreSame(other.Shingles, shingles));
                if (twin < 0)
                {
                    merged.Add((hit with { Score = score }, shingles));
                    continue;
                }

                dropped++;
                var (kept, keptShingles) = merged[twin];
                // The same passage twice on one side is no second opinion; on two sides it is.
                var seconded = !kept.Origins.Contains(side.KnowledgeBase, StringComparer.Ordinal);
                merged[twin] = (
                    kept with
                    {
                        Score = seconded ? kept.Score + score : Math.Max(kept.Score, score),
                        Origins = [.. kept.Origins.Union(hit.Origins, StringComparer.Ordinal)],
                    },
                    keptShingles);
            }
        }

        return ([.. merged.Select(entry => entry.Hit).OrderByDescending(hit => hit.Score).Take(limit)], dropped);
    }
}
