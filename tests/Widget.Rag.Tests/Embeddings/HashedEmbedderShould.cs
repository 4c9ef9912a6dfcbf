using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Widget.Rag.Embeddings;
using Widget.Rag.Text;

namespace Widget.Rag.Tests.Embeddings;

public sealed class HashedEmbedderShould
{
    [Fact]
    public void Give_unit_vectors_for_any_text_with_words() =>
        Prop.ForAll<NonNull<string>>(text =>
        {
            var vector = HashedEmbedder.Embed(text.Get);
            var norm = Math.Sqrt(vector.Sum(value => (double)value * value));
            return vector.Length == HashedEmbedder.Dimensions && (Words.Of(text.Get).Any() ? Math.Abs(norm - 1) < 1e-5 : norm == 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Stay_the_same_from_version_to_version_since_vectors_are_stored()
    {
        var bytes = HashedEmbedder
            .Embed("How long does it take to charge the battery?")
            .SelectMany(value => BitConverter.GetBytes(MathF.Round(value, 4)))
            .ToArray();

        Convert.ToHexStringLower(SHA256.HashData(bytes))[..16].ShouldBe(Golden);
    }

    [Theory]
    [InlineData("battery warranty", "batery waranty", "shipping costs")]
    [InlineData("return a damaged bicycle", "damaged bicycles returned", "opening hours on sunday")]
    [InlineData("Ladezeit des Akkus", "Akkuladezeit", "Lieferung nach Österreich")]
    public void Be_closer_for_typos_inflections_and_compounds_than_for_other_topics(string text, string alike, string other) =>
        Similarity(text, alike).ShouldBeGreaterThan(Similarity(text, other) + 0.1);

    [Fact]
    public void Give_stop_words_little_weight() =>
        Similarity("what is the warranty of it", "warranty").ShouldBeGreaterThan(0.8);

    [Fact]
    public void Embed_on_the_callers_thread_since_many_callers_would_block_one_another()
    {
        var threads = new System.Collections.Concurrent.ConcurrentBag<int>();
        using var embedder = new HashedEmbedder();

        var embedding = embedder.GenerateAsync(Texts(), cancellationToken: TestContext.Current.CancellationToken);

        embedding.IsCompletedSuccessfully.ShouldBeTrue();
        threads.Distinct().ShouldBe([Environment.CurrentManagedThreadId]);

        IEnumerable<string> Texts()
        {
            for (var i = 0; i < 200; i++)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                yield return $"text {i}";
            }
        }
    }

    private const string Golden = "e7bc4f1f36b7532f";

    private static double Similarity(string a, string b) =>
        HashedEmbedder.Embed(a).Zip(HashedEmbedder.Embed(b), (x, y) => (double)x * y).Sum();
}
