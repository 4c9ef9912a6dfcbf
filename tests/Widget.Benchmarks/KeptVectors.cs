using System.Runtime.InteropServices;
using Widget.Rag.Embeddings.Local;
using Widget.Testing;

namespace Widget.Benchmarks;

/// <summary>
/// Sentence vectors of the messages to fit on, kept in a file between runs. Computing them takes longer than fitting the weights.
/// </summary>
internal sealed class KeptVectors
{
    private const int SaveInterval = 250;

    private readonly string _file = Path.Combine(Repository.Root, ".local", $"vectors-{SentenceEmbedder.Model}.bin");
    private readonly SentenceEmbedder _sentences;
    private readonly Dictionary<string, float[]> _vectors = new(StringComparer.Ordinal);
    private int _new;

    public KeptVectors(SentenceEmbedder sentences)
    {
        _sentences = sentences;
        if (!File.Exists(_file)) return;
        using var reader = new BinaryReader(File.OpenRead(_file));
        for (var count = reader.ReadInt32(); count > 0; count--)
        {
            var (text, vector) = (reader.ReadString(), new float[SentenceEmbedder.Dimensions]);
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(vector.AsSpan()));
            _vectors[text] = vector;
        }
    }

    public float[] Of(string text)
    {
        if (_vectors.TryGetValue(text, out var known)) return known;
        _vectors[text] = _sentences.EmbedQuestion(text)!;
        if (++_new % SaveInterval == 0) Save();
        return _vectors[text];
    }

    public void Save()
    {
        var written = _file + ".new";
        using (var writer = new BinaryWriter(File.Create(written)))
        {
            writer.Write(_vectors.Count);
            foreach (var (text, vector) in _vectors)
            {
                writer.Write(text);
                writer.Write(MemoryMarshal.AsBytes<float>(vector));
            }
        }

        File.Move(written, _file, overwrite: true);
    }
}
