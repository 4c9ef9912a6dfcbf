using System.Reflection;
using System.Security.Cryptography;
using Microsoft.ML.OnnxRuntime;

namespace Widget.Rag.Embeddings.Local;

/// <summary>
/// The files of a sentence model. The model and its vocabulary are resources of an assembly. ONNX Runtime's optimised form of the model is
/// kept in a cache folder. It opens twenty times faster, and its weights are mapped into memory, which the nodes on one machine share.
/// </summary>
/// <param name="assembly">Path of the assembly with the resources <c>….model.onnx</c> and <c>….vocab.txt</c>.</param>
/// <param name="cache">Folder for the optimised model. It is created when missing.</param>
internal sealed class SentenceModelFile(string assembly, string cache)
{
    public Stream OpenVocabulary() => Open("vocab.txt");

    /// <summary>Opens the model, from memory when the cache folder cannot be used.</summary>
    /// <exception cref="OnnxRuntimeException">The model cannot be read.</exception>
    /// <exception cref="IOException">The assembly cannot be read.</exception>
    public InferenceSession OpenSession()
    {
        try
        {
            return OpenCached();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or OnnxRuntimeException)
        {
            // The disk is full or read-only, or the cached file is damaged. The model then takes more memory, but works.
            using var resource = Open("model.onnx");
            var model = new byte[resource.Length];
            resource.ReadExactly(model);
            using var options = Options();
            return new InferenceSession(model, options);
        }
    }

    private InferenceSession OpenCached()
    {
        var optimised = Path.Combine(cache, FolderName(), "model.onnx");
        if (!File.Exists(optimised)) Optimise(Path.GetDirectoryName(optimised)!);
        using var options = Options();
        // The cached model is already optimised.
        options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL;
        return new InferenceSession(optimised, options);
    }

    // One thread for each call: many questions run side by side, and background work never takes more than its own thread.
    private static SessionOptions Options()
    {
        var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            // An arena would never give back the memory that the longest text needed.
            EnableCpuMemArena = false,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    // Writes to a temporary folder and renames it, so that nodes that start at the same time never read an incomplete file.
    private void Optimise(string folder)
    {
        Directory.CreateDirectory(cache);
        var temporary = Path.Combine(cache, $"{Guid.NewGuid():N}.tmp");
        Directory.CreateDirectory(temporary);
        try
        {
            var original = Path.Combine(temporary, "original.onnx");
            using (var resource = Open("model.onnx"))
            using (var file = File.Create(original))
                resource.CopyTo(file);
            using (var options = Options())
            {
                // "Extended" leaves out optimisations for this machine's processor, so that other machines may share the folder.
                options.GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_EXTENDED;
                options.OptimizedModelFilePath = Path.Combine(temporary, "model.onnx");
                options.AddSessionConfigEntry("session.optimized_model_external_initializers_file_name", "weights.bin");
                options.AddSessionConfigEntry("session.optimized_model_external_initializers_min_size_in_bytes", "1024");
                using var session = new InferenceSession(original, options);
            }

            File.Delete(original);
            try
            {
                Directory.Move(temporary, folder);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                // Another node was faster.
            }
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    // The cached model's folder. Each model and each version of the runtime has its own.
    private string FolderName()
    {
        using var file = File.OpenRead(assembly);
        var runtime = typeof(InferenceSession).Assembly.GetName().Version;
        return $"{Path.GetFileNameWithoutExtension(assembly)}-{Convert.ToHexStringLower(SHA256.HashData(file))[..16]}-{runtime}";
    }

    private Stream Open(string name)
    {
        // Only the resources are read. None of the assembly's code runs.
        var resources = Assembly.LoadFrom(assembly);
        var full = Array.Find(resources.GetManifestResourceNames(), resource => resource.EndsWith($".{name}", StringComparison.Ordinal))
            ?? throw new IOException($"{assembly} has no resource {name}.");
        return resources.GetManifestResourceStream(full)!;
    }
}
