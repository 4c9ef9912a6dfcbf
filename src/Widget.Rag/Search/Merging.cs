namespace Widget.Rag.Search;

/// <summary>One knowledge base's hits with its weight.</summary>
public sealed record WeightedResult(string KnowledgeBase, double Weight, IReadOnlyList<Hit> Hits);

/// <summary>Hits that did not make it, by reason.</summary>
/// <param name="Duplicates">The same passage as another.</param>
/// <param name="Contained">A part of another passage of the same document.</param>
/// <param name="BeyondLimit">Less good than as many as were wanted.</param>
public readonly record struct DroppedHits(int Duplicates, int Contained, int BeyondLimit);

/// <summary>
/// Merges hits of several knowledge bases. Scales differ, so each side's scores are divided by its best; a hit's merged score
/// is the sum over the sides that found it of weight × normalised score, with weights that sum to one. Near-duplicates
/// become one hit that names every origin, and a passage goes up into one of the same document that contains it.
/// </summary>
public static class Merging
{
    /// <returns>Best first, ties in the order of the sides given and of their hits, and what was dropped.</returns>
    public static (IReadOnlyList<Hit> Hits, DroppedHits Dropped) Merge(IReadOnlyList<WeightedResult> sides)
    {
        var total = sides.Sum(side => side.Weight);
        var merged = new List<Hit>();
        var index = new NearDuplicates.Index();
        var placeOf = new List<int>(); // of what the index knows, which is more than is kept, among the merged
        var (duplicates, contained) = (0, 0);
        foreach (var side in sides)
        {
            var weight = total > 0 ? side.Weight / total : 1.0 / sides.Count;
            foreach (var (hit, normalised) in side.Hits.Zip(Normalise([.. side.Hits.Select(hit => hit.Score)])))
            {
                var scored = hit with { Score = weight * normalised, Origins = [.. hit.Origins.Union([side.KnowledgeBase], StringComparer.Ordinal)] };
                var shingles = NearDuplicates.Shingles(hit.Text);
                if (index.Find(shingles, known => merged[placeOf[known]].IsOfSameDocument(hit)) is not { } found)
                {
                    placeOf.Add(merged.Count);
                    index.Add(shingles);
                    merged.Add(scored);
                    continue;
                }

                var place = placeOf[found.Place];
                if (found.Likeness == Likeness.Same) duplicates++;
                else contained++;
                merged[place] = Unite(merged[place], scored, side.KnowledgeBase, found.Likeness);
                if (found.Likeness != Likeness.Whole) continue;
                placeOf.Add(place);
                index.Add(shingles);
            }
        }

        // OrderBy keeps the order of equals.
        return ([.. merged.OrderByDescending(hit => hit.Score)], new DroppedHits(duplicates, contained, 0));
    }

    /// <summary>Divides by the best, so that it becomes 1. Scores below zero are moved up first, the worst to zero; where all are zero, all are best.</summary>
    public static double[] Normalise(IReadOnlyList<double> scores)
    {
        if (scores.Count == 0) return [];
        var floor = Math.Min(0, scores.Min());
        var best = scores.Max() - floor;
        return [.. scores.Select(score => best > 0 ? (score - floor) / best : 1)];
    }

    private static Hit Unite(Hit kept, Hit other, string side, Likeness likeness)
    {
        // The same passage twice on one side is no second opinion; on two sides it is.
        var seconded = !kept.Origins.Contains(side, StringComparer.Ordinal);
        return (likeness == Likeness.Whole ? other : kept) with
        {
            Score = seconded ? kept.Score + other.Score : Math.Max(kept.Score, other.Score),
            Origins = [.. kept.Origins.Union(other.Origins, StringComparer.Ordinal)],
        };
    }
}
