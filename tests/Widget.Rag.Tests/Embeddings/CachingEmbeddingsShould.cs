using Microsoft.Extensions.AI;
using Widget.Rag.Embeddings;

namespace Widget.Rag.Tests.Embeddings;

public sealed class CachingEmbeddingsShould
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ask_the_model_once_for_a_question()
    {
        using var model = new Counting();
        using var cached = new CachingEmbeddings(model, TimeProvider.System);

        var first = await cached.GenerateAsync(["What does it cost?"], cancellationToken: Ct);
        var second = await cached.GenerateAsync(["What does it cost?"], cancellationToken: Ct);
        await cached.GenerateAsync(["What does it weigh?"], cancellationToken: Ct);
        await cached.GenerateAsync(["What does it cost?"], new EmbeddingGenerationOptions { ModelId = "another" }, Ct);

        second[0].Vector.ShouldBe(first[0].Vector);
        second[0].ModelId.ShouldBe(HashedEmbedder.Model);
        model.Texts.ShouldBe(3);
    }

    [Fact]
    public async Task Not_cache_batches()
    {
        using var model = new Counting();
        using var cached = new CachingEmbeddings(model, TimeProvider.System);

        (await cached.GenerateAsync(["a", "b"], cancellationToken: Ct)).Count.ShouldBe(2);
        (await cached.GenerateAsync(["a", "b"], cancellationToken: Ct)).Count.ShouldBe(2);

        model.Texts.ShouldBe(4);
    }

    private sealed class Counting() : DelegatingEmbeddingGenerator<string, Embedding<float>>(new HashedEmbedder())
    {
        public int Texts { get; private set; }

        public override Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values,
            EmbeddingGenerationOptions? options = null,
            CancellationToken cancellationToken = default)
        {
            Texts += values.Count();
            return base.GenerateAsync(values, options, cancellationToken);
        }
    }
}
