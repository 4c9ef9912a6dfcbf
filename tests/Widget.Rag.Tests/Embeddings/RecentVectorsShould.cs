using Widget.Rag.Embeddings.Local;

namespace Widget.Rag.Tests.Embeddings;

public sealed class RecentVectorsShould
{
    private readonly RecentVectors _vectors = new(capacity: 2);
    private readonly List<string> _embedded = [];

    [Fact]
    public void Embed_a_text_once()
    {
        var first = Ask("a");

        Ask("a").ShouldBeSameAs(first);
        _embedded.ShouldBe(["a"]);
    }

    [Fact]
    public void Forget_the_oldest_text_when_there_are_too_many()
    {
        foreach (var text in (string[])["a", "b", "c"]) Ask(text);

        Ask("c");
        Ask("b");
        Ask("a");

        _embedded.ShouldBe(["a", "b", "c", "a"]);
    }

    private float[] Ask(string text) => _vectors.GetOrAdd(
        text,
        asked =>
        {
            _embedded.Add(asked);
            return [asked[0]];
        });
}
