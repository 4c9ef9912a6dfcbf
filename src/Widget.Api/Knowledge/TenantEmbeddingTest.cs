using Widget.Api.Models;
using Widget.Contracts;
using Widget.Rag.Embeddings;

namespace Widget.Api.Knowledge;

/// <summary>Embeds a short text with a tenant's own model, which costs a few tokens, and explains what is wrong.</summary>
public sealed class TenantEmbeddingTest(TenantEmbeddings embeddings)
{
    /// <summary>The most that pgvector's indexes of half-precision vectors support.</summary>
    private const int MaxDimensions = 4_000;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);

    /// <summary>Embeds a text.</summary>
    /// <param name="account">The model.</param>
    /// <param name="server">What its server has said.</param>
    /// <param name="ct">Cancels the test.</param>
    /// <returns>The dimensions of the vector, or null and the failed check.</returns>
    internal async Task<(int? Dimensions, ConnectionCheck Check)> MeasureAsync(
        ModelAccount account,
        ModelServerReply server,
        CancellationToken ct)
    {
        if (server.State != ModelServerState.Reached) return (null, server.ToCheck());
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(TimeLimit);
        try
        {
            var vector = (await embeddings.TryAsync(account, "This is a connection test.", limited.Token))[0].Vector;
            return vector.Length > MaxDimensions
                ? (null, new("dimensions", Ok: false, $"{account.Model} returns {vector.Length} dimensions. At most {MaxDimensions} can be "
                    + "searched. Choose a smaller model."))
                : (vector.Length, new("embeds", Ok: true, $"{account.Model} returns vectors of {vector.Length} dimensions."));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, new("embeds", Ok: false, $"{account.Model} did not answer within {TimeLimit.TotalSeconds:0} s."));
        }
        catch (EmbeddingUnavailableException e)
        {
            return (null, new("embeds", Ok: false, $"{e.Message}{Listed(account, server)}"));
        }
    }

    /// <summary>Tests a saved model.</summary>
    internal async Task<ConnectionReport> RunAsync(ModelAccount account, ModelServerReply server, CancellationToken ct)
    {
        var (dimensions, check) = await MeasureAsync(account, server, ct);
        if (dimensions is { } now && now != account.Dimensions)
        {
            check = new(
                "dimensions",
                Ok: false,
                $"{account.Model} returns vectors of {now} dimensions, but the stored ones have {account.Dimensions}. Save the model "
                + "again, so that all passages are embedded again.");
        }

        return new ConnectionReport(check.Ok, [check]);
    }

    private static string Listed(ModelAccount account, ModelServerReply server) =>
        server.Models is { Count: > 0 } models && !models.Contains(account.Model, StringComparer.Ordinal)
            ? $" {account.Host} lists {string.Join(", ", models.Take(10))}."
            : "";
}
