using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Tokenizers;

namespace Widget.Rag.Embeddings.Local;

/// <summary>How a model's token vectors become the vector of the text.</summary>
internal enum Pooling
{
    /// <summary>The vector of the first token, <c>[CLS]</c>.</summary>
    FirstToken,

    /// <summary>The mean of all tokens' vectors.</summary>
    Mean,
}

/// <summary>
/// A BERT model that embeds sentences (Reimers &amp; Gurevych 2019, "Sentence-BERT"): 384 dimensions, uncased WordPiece vocabulary. Safe
/// for concurrent use. Each call runs on the caller's thread.
/// </summary>
internal sealed class SentenceModel(SentenceModelFile file, Pooling pooling, string questionPrefix = "") : IDisposable
{
    public const int Dimensions = 384;

    /// <summary>Longer texts are cut. The models are trained on texts of this length.</summary>
    private const int MaxTokens = 256;

    private static readonly string[] Inputs = ["input_ids", "attention_mask", "token_type_ids"];
    private static readonly string[] Outputs = ["last_hidden_state"];

    private readonly InferenceSession _session = file.OpenSession();
    private readonly BertTokenizer _tokenizer = OpenTokenizer(file);

    /// <returns>A unit vector.</returns>
    public float[] EmbedQuestion(string text) => Embed(questionPrefix + text);

    /// <returns>A unit vector.</returns>
    public float[] Embed(string text)
    {
        var tokens = _tokenizer.EncodeToIds(WordPieceText.Prepare(text), MaxTokens, out _, out _);
        var ids = new long[tokens.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = tokens[i];
        var mask = new long[ids.Length];
        Array.Fill(mask, 1);
        long[] shape = [1, ids.Length];
        using var input = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var attention = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[ids.Length], shape);
        using var run = new RunOptions();
        using var output = _session.Run(run, Inputs, [input, attention, types], Outputs);
        var states = output[0].GetTensorDataAsSpan<float>();

        var vector = states[..Dimensions].ToArray();
        // The length is normalised below, so a sum serves as the mean.
        if (pooling == Pooling.Mean)
            for (var token = 1; token < ids.Length; token++)
                TensorPrimitives.Add(vector, states.Slice(token * Dimensions, Dimensions), vector);
        var norm = TensorPrimitives.Norm(vector);
        if (norm > 0) TensorPrimitives.Divide(vector, norm, vector);
        return vector;
    }

    public void Dispose() => _session.Dispose();

    private static BertTokenizer OpenTokenizer(SentenceModelFile file)
    {
        using var vocabulary = file.OpenVocabulary();
        return BertTokenizer.Create(vocabulary);
    }
}
