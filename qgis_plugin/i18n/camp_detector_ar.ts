<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ar" sourcelanguage="en">
<context>
    <name>CampDetector</name>
    <message>
        <location filename="../actions.py"/>
        <source>Detect dwellings…</source>
        <translation>كشف المساكن…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Preview on the map</source>
        <translation>معاينة على الخريطة</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Models…</source>
        <translation>النماذج…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Runtime…</source>
        <translation>محرك التشغيل…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Settings…</source>
        <translation>الإعدادات…</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>Help</source>
        <translation>مساعدة</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>ONNX Runtime is not ready.</source>
        <translation>‏ONNX Runtime غير جاهز.</translation>
    </message>
    <message>
        <location filename="../actions.py"/>
        <source>ONNX Runtime, which runs the models, is not installed.</source>
        <translation>‏ONNX Runtime، الذي يشغّل النماذج، غير مثبّت.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path} does not answer as a Python ({reason}): name python.exe or python3 of an environment with Camp Detector's training.</source>
        <translation>‏{path} لا يستجيب بوصفه Python ‏({reason}): حدد python.exe أو python3 في بيئة فيها تدريب Camp Detector.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>Adapting needs a Python with Camp Detector's training, and none is named yet: name it under Settings &gt; Options &gt; Camp Detector.</source>
        <translation>يحتاج التكييف إلى Python فيه تدريب Camp Detector، ولم يُحدد أي منها بعد: حدده في الإعدادات &gt; الخيارات &gt; Camp Detector.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path}, named as the Python with the training, is no file: name another one under Settings &gt; Options &gt; Camp Detector.</source>
        <translation>‏{path}، المحدد بوصفه Python الذي فيه التدريب، ليس ملفًا: حدد غيره في الإعدادات &gt; الخيارات &gt; Camp Detector.</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path} has Camp Detector {version}, and this plugin is of {own}: give both one version, there with {command}</source>
        <translation>‏{path} فيه Camp Detector {version}، وهذه الإضافة من الإصدار {own}: اجعلهما من إصدار واحد، هناك بالأمر {command}</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>{path} (Python {python}) lacks {name}, so it cannot train: install the training there with {command}</source>
        <translation>‏{path} (إصدار Python {python}) ينقصه {name}، فلا يمكنه التدريب: ثبّت التدريب هناك بالأمر {command}</translation>
    </message>
    <message>
        <location filename="../adapting/python.py"/>
        <source>The training of {path} cannot be loaded ({reason}): install it anew with {command}</source>
        <translation>تعذر تحميل التدريب في {path} ({reason}): ثبّته من جديد بالأمر {command}</translation>
    </message>
    <message>
        <location filename="../adapting/results.py"/>
        <source>{folder} holds files already: name a new folder, or an empty one.</source>
        <translation>‏{folder} فيه ملفات من قبل: حدد مجلدًا جديدًا أو فارغًا.</translation>
    </message>
    <message>
        <location filename="../adapting/results.py"/>
        <source>{folder} cannot be used: {reason}</source>
        <translation>تعذر استخدام {folder}: {reason}</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>The training says: {reason}</source>
        <translation>يقول التدريب: {reason}</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>{path} cannot be started: {reason}</source>
        <translation>تعذر بدء {path}: {reason}</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>stopped</source>
        <translation>أُوقف</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>The system ended the training (signal {number}), mostly for want of memory: close other programs, or draw the reviewed area smaller.</source>
        <translation>أنهى النظام التدريب (الإشارة {number})، وغالبًا لنقص الذاكرة: أغلق برامج أخرى، أو ارسم المنطقة المراجَعة أصغر.</translation>
    </message>
    <message>
        <location filename="../adapting/run.py"/>
        <source>The training ended without the report that was expected: run it again.</source>
        <translation>انتهى التدريب دون التقرير المنتظر: أعد تشغيله.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Adapt model</source>
        <translation>تكييف النموذج</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Teaches a model your place, from 50 to 150 dwellings that you corrected, in some minutes. Parts of the reviewed ground are held out in turn: only where the adapted model is better there, it is installed under Models; else the model stays as it is, and the log says so.

Give a folder of Export training data, or the layers. It runs in the Python with Camp Detector's training that is named under Settings &gt; Options &gt; Camp Detector.</source>
        <translation>يعلّم النموذج مكانك من 50 إلى 150 مسكنًا صححتها، في بضع دقائق. تُستبعد أجزاء من الأرض المراجَعة بالتناوب: لا يُثبَّت النموذج المكيَّف ضمن النماذج إلا إذا كان أفضل فيها؛ وإلا يبقى النموذج كما هو، ويذكر السجل ذلك.

أعطِ مجلدًا من «تصدير بيانات التدريب»، أو الطبقات. يعمل ذلك في Python الذي فيه تدريب Camp Detector والمحدد في الإعدادات &gt; الخيارات &gt; Camp Detector.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>camp,refugee,training,deep learning,adapt,fine-tune,learn</source>
        <translation>مخيم,لاجئون,تدريب,تعلم عميق,تكييف,ضبط,تعلم</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Time (minutes)</source>
        <translation>المدة (دقائق)</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Starting {path}</source>
        <translation>بدء {path}</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>The adapted model is installed: choose {id} where you detect.</source>
        <translation>ثُبّت النموذج المكيَّف: اختر {id} عند الكشف.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Nothing was installed: go on with {id}, or correct more dwellings.</source>
        <translation>لم يُثبَّت شيء: تابع مع {id}، أو صحح مساكن أكثر.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Folder of Export training data</source>
        <translation>مجلد «تصدير بيانات التدريب»</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Name of the place</source>
        <translation>اسم المكان</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Folder of report and model</source>
        <translation>مجلد التقرير والنموذج</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>True if it is better</source>
        <translation>صحيح إذا كان أفضل</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Model to go on with</source>
        <translation>النموذج الذي يُتابَع به</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Verdict</source>
        <translation>الحكم</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>F1 of the model before</source>
        <translation>قيمة F1 للنموذج السابق</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>F1 of the model to go on with</source>
        <translation>قيمة F1 للنموذج الذي يُتابَع به</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Give the folder of Export training data or the layers, not both.</source>
        <translation>أعطِ مجلد «تصدير بيانات التدريب» أو الطبقات، لا كليهما.</translation>
    </message>
    <message>
        <location filename="../algorithms/adapt.py"/>
        <source>Give a folder of Export training data, or imagery and corrected dwellings.</source>
        <translation>أعطِ مجلدًا من «تصدير بيانات التدريب»، أو الصور والمساكن المصححة.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Stopped, because Camp Detector is updated or removed; run it again then.</source>
        <translation>توقّف التشغيل لأن Camp Detector يُحدَّث أو يُزال؛ أعد تشغيله بعد ذلك.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>{path} is no model: choose an ONNX file (.onnx), a STAC item (.json) or a package (.dlpk).</source>
        <translation>‏الملف {path} ليس نموذجًا: اختر ملف ONNX ‏(.onnx) أو عنصر STAC ‏(.json) أو حزمة ‏(.dlpk).</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>No model is installed: add one under Plugins &gt; Camp Detector &gt; Models.</source>
        <translation>لا يوجد أي نموذج مثبّت: أضف نموذجًا من الإضافات &gt; Camp Detector &gt; النماذج.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Model</source>
        <translation>النموذج</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Another model file</source>
        <translation>ملف نموذج آخر</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>The algorithm was not prepared: run it again.</source>
        <translation>لم تُجهَّز الخوارزمية: شغّلها مرة أخرى.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Stopped; nothing was written.</source>
        <translation>أُوقف؛ لم يُكتب شيء.</translation>
    </message>
    <message>
        <location filename="../algorithms/base.py"/>
        <source>Models</source>
        <translation>النماذج</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Classify camp pixels</source>
        <translation>تصنيف بكسلات المخيم</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Writes the class of each pixel (0 is background, 255 is no image) and, if wanted, its probability (0 to 254, with a scale of 1/254) as Cloud-Optimized GeoTIFF.

Use Detect dwellings to get polygons.</source>
        <translation>يكتب صنف كل بكسل (0 للخلفية، و255 حيث لا توجد صورة)، وعند الرغبة احتماله (من 0 إلى 254 بمقياس 1/254)، بصيغة Cloud-Optimized GeoTIFF.

استخدم «كشف المساكن» للحصول على مضلعات.</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>camp,refugee,tent,shelter,segmentation,deep learning,onnx</source>
        <translation>مخيم,لاجئون,خيمة,مأوى,تجزئة,تعلم عميق,onnx</translation>
    </message>
    <message>
        <location filename="../algorithms/classify.py"/>
        <source>Say where the class raster goes.</source>
        <translation>حدد أين يُحفظ راستر الأصناف.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Compare two dates</source>
        <translation>مقارنة تاريخين</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Holds the dwellings of two dates against each other. Two are the same where the ground that both cover is at least the given part of the ground that either covers; each dwelling is matched once, the best pairs first. One without a partner is changed (split, merged or enlarged) where dwellings of the other date cover at least half of its ground; else those of the later date appeared, those of the earlier date vanished.

Both dates must show the same ground: where they do not, give polygons of the ground that both show. Imagery of two dates is often shifted by some metres: line it up first (Georeferencer), or give a lower part. Small numbers of changes can come from the detection alone: the help page has figures.</source>
        <translation>يقارن مساكن تاريخين. يُعدّ مسكنان واحدًا إذا كانت الأرض التي يغطيانها معًا لا تقل عن الجزء المحدد من الأرض التي يغطيها أي منهما؛ ويُقرن كل مسكن مرة واحدة، وأفضل الأزواج أولًا. والمسكن الذي لا قرين له قد تغيّر (قُسم أو دُمج أو وُسّع) إذا غطت مساكن التاريخ الآخر نصف أرضه على الأقل؛ وإلا فقد ظهرت مساكن التاريخ اللاحق واختفت مساكن التاريخ السابق.

يجب أن يُظهر التاريخان الأرض نفسها: وإلا فحدد مضلعات للأرض التي يُظهرانها معًا. وكثيرًا ما تنزاح صور التاريخين بضعة أمتار: طابقها أولًا (المرجع الجغرافي)، أو حدد جزءًا أصغر. وقد تنتج الأعداد الصغيرة من التغيرات عن الكشف وحده: في صفحة المساعدة أرقام.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>camp,refugee,change,difference,damage,growth</source>
        <translation>مخيم,لاجئون,تغير,فرق,ضرر,نمو</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>(choose a layer)</source>
        <translation>(اختر طبقة)</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>{appeared} appeared, {vanished} vanished, {unchanged} stayed, changed: {before} before, {after} after</source>
        <translation>ظهر {appeared}، اختفى {vanished}، بقي {unchanged}، تغيّر: {before} قبل، {after} بعد</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Changes ({counts})</source>
        <translation>التغيرات ({counts})</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Only inside of these polygons</source>
        <translation>داخل هذه المضلعات فقط</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Of the ground that both dates show. Not set: all dwellings.</source>
        <translation>للأرض التي يُظهرها التاريخان. إن لم تُحدد: كل المساكن.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>{layer} was given for both dates: choose the dwellings of the other date.</source>
        <translation>أُعطيت {layer} للتاريخين معًا: اختر مساكن التاريخ الآخر.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>The dwellings of the two dates do not lie on the same ground: if the imagery does not either, give polygons of the ground that both show as {parameter}, or all others count as appeared or vanished.</source>
        <translation>لا تقع مساكن التاريخين على الأرض نفسها: إن كانت الصور كذلك فحدد مضلعات للأرض التي تُظهرها الصورتان في {parameter}، وإلا عُدّ كل ما سواها ظاهرًا أو مختفيًا.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Outside of the polygons and left out: {before} dwellings of the earlier date, {after} of the later date</source>
        <translation>خارج المضلعات ولم تُحسب: {before} من مساكن التاريخ السابق، و{after} من مساكن التاريخ اللاحق</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Dwellings of the earlier date</source>
        <translation>مساكن التاريخ السابق</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Dwellings of the later date</source>
        <translation>مساكن التاريخ اللاحق</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Least common part of two dwellings (0 to 1)</source>
        <translation>أقل جزء مشترك بين مسكنين (من 0 إلى 1)</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Changes</source>
        <translation>التغيرات</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that appeared</source>
        <translation>عدد ما ظهر</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that vanished</source>
        <translation>عدد ما اختفى</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number of the earlier date that changed</source>
        <translation>عدد ما تغيّر من التاريخ السابق</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number of the later date that changed</source>
        <translation>عدد ما تغيّر من التاريخ اللاحق</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Number that stayed</source>
        <translation>عدد ما بقي</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Choose the dwellings of the earlier date.</source>
        <translation>اختر مساكن التاريخ السابق.</translation>
    </message>
    <message>
        <location filename="../algorithms/compare.py"/>
        <source>Not one outline differs between the two dates: see that they are not copies of one layer.</source>
        <translation>لا يختلف أي حدّ بين التاريخين: تحقق من أنهما ليسا نسختين من طبقة واحدة.</translation>
    </message>
    <message>
        <location filename="../algorithms/converting.py"/>
        <source>Fields that have another name in the format of {path}: {names}</source>
        <translation>حقول لها اسم آخر في صيغة {path}: {names}</translation>
    </message>
    <message>
        <location filename="../algorithms/converting.py"/>
        <source>Fields that the format of {path} cannot hold: {names}</source>
        <translation>حقول لا تستوعبها صيغة {path}: {names}</translation>
    </message>
    <message>
        <location filename="../algorithms/converting.py"/>
        <source>Texts that are longer than the format of {path} holds and were cut, by field: {names}. A GeoPackage (.gpkg) holds them.</source>
        <translation>نصوص أطول مما تستوعبه صيغة {path} فقُطعت، حسب الحقل: {names}. يستوعبها GeoPackage (.gpkg) كاملة.</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>hexagons {metres} m wide</source>
        <translation>مسدسات عرضها {metres} م</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>area {number}</source>
        <translation>المنطقة {number}</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>hexagon {number}</source>
        <translation>المسدس {number}</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>{layer} holds {count} features, and none is a polygon or a point: choose the layer of the dwellings.</source>
        <translation>لا يوجد بين عناصر {layer} (عددها: {count}) مضلع ولا نقطة: اختر طبقة المساكن.</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>Features of {layer} that are no polygon with an area and are left out: {count}</source>
        <translation>عناصر في {layer} ليست مضلعات ذات مساحة وتُركت: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/counting.py"/>
        <source>The boundaries hold no polygon: choose another layer, or none.</source>
        <translation>لا تحتوي الحدود على أي مضلع: اختر طبقة أخرى، أو لا تختر شيئًا.</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Detect dwellings</source>
        <translation>كشف المساكن</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Finds the dwellings in drone or satellite imagery and writes them as polygons with their class, their mean probability and their area in square metres.

Choose the imagery and press Run. Map services (WMS, XYZ tiles) need an extent. A higher threshold gives fewer dwellings that are surer. Class and probability rasters are Cloud-Optimized GeoTIFF.</source>
        <translation>يجد المساكن في صور الطائرات المسيّرة أو الأقمار الصناعية ويكتبها مضلعات مع صنفها ومتوسط احتمالها ومساحتها بالمتر المربع.

اختر الصور واضغط «تشغيل». تحتاج خدمات الخرائط (WMS وبلاطات XYZ) إلى تحديد النطاق. كلما ارتفعت العتبة قل عدد المساكن وزاد اليقين بها. راستر الأصناف وراستر الاحتمال بصيغة Cloud-Optimized GeoTIFF.</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>camp,refugee,tent,shelter,building,footprint,deep learning,onnx</source>
        <translation>مخيم,لاجئون,خيمة,مأوى,مبنى,مسقط,تعلم عميق,onnx</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{layer}: 1 dwelling</source>
        <translation>‏{layer}: مسكن واحد</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{layer}: {count} dwellings</source>
        <translation>‏{layer}: عدد المساكن {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Number of dwellings</source>
        <translation>عدد المساكن</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>Covered square metres</source>
        <translation>الأمتار المربعة المغطاة</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>1 dwelling</source>
        <translation>مسكن واحد</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{count} dwellings</source>
        <translation>عدد المساكن: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/detect.py"/>
        <source>{path}: such files are in longitude and latitude, to which the local coordinate system of the imagery does not lead: choose a GeoPackage (.gpkg).</source>
        <translation>الملف {path}: مثل هذه الملفات بخطوط الطول والعرض، ولا يؤدي إليها نظام الإحداثيات المحلي للصورة: اختر GeoPackage (.gpkg).</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Points of {layer}, which have no ground to compare and are left out: {count}</source>
        <translation>نقاط في {layer} ليست لها أرض تُقارن وتُركت: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Points of {layer} that share a feature with others, each of which is counted as a dwelling: {count}</source>
        <translation>نقاط في {layer} تشترك مع غيرها في عنصر واحد، وتُحسب كل منها مسكنًا: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Features of {layer} that are no dwelling and are left out: {count} (without a geometry: {nowhere}; without an area: {flat}; lines or other shapes: {lines}; nowhere on the Earth: {beyond})</source>
        <translation>عناصر في {layer} ليست مساكن وتُركت: {count} (بلا هندسة: {nowhere}؛ بلا مساحة: {flat}؛ خطوط أو أشكال أخرى: {lines}؛ لا مكان لها على الأرض: {beyond})</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Polygons of {layer} inside geometry collections, which were taken: {count}</source>
        <translation>مضلعات في {layer} داخل مجموعات أشكال هندسية، وقد أُخذت: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Polygons of {layer} that are the same as another one, which were counted once: {count}</source>
        <translation>مضلعات في {layer} مطابقة لمضلع آخر، وقد عُدّت مرة واحدة: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/dwellings.py"/>
        <source>Dwellings of {layer} that are given as points, which are counted and have no area: {count}</source>
        <translation>مساكن في {layer} معطاة كنقاط، تُحسب وليست لها مساحة: {count}</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Export training data</source>
        <translation>تصدير بيانات التدريب</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Writes a part of the imagery, the dwellings that you corrected there, and the area that you reviewed into a folder that a model is taught with: by Adapt model here, or by the command in the log on a computer with Camp Detector's training.

Detect dwellings, then correct them on a part of the imagery: 50 to 150, of all kinds that there are. Draw the area in which none is missing any more; beyond it nothing is known, and nothing counts.</source>
        <translation>يكتب جزءًا من الصور والمساكن التي صححتها فيه والمنطقة التي راجعتها في مجلد يُعلَّم به النموذج: بواسطة «تكييف النموذج» هنا، أو بالأمر المذكور في السجل على حاسوب فيه تدريب Camp Detector.

اكشف المساكن ثم صححها في جزء من الصور: من 50 إلى 150 من كل الأنواع الموجودة. ارسم المنطقة التي لم يعد ينقص فيها أي مسكن؛ وما وراءها لا يُعرف عنه شيء ولا يُحسب.</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>camp,refugee,training,labels,deep learning,adapt,fine-tune</source>
        <translation>مخيم,لاجئون,تدريب,تسميات,تعلم عميق,تكييف,ضبط</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>The training data lie in {folder}</source>
        <translation>بيانات التدريب في {folder}</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Teach the model with Adapt model, or on any computer with:</source>
        <translation>علّم النموذج بواسطة «تكييف النموذج»، أو على أي حاسوب بالأمر:</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Replace an earlier export in the folder</source>
        <translation>استبدال تصدير سابق في المجلد</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Folder</source>
        <translation>المجلد</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Reviewed hectares</source>
        <translation>الهكتارات المراجَعة</translation>
    </message>
    <message>
        <location filename="../algorithms/export_data.py"/>
        <source>Command that teaches a model</source>
        <translation>الأمر الذي يعلّم النموذج</translation>
    </message>
    <message>
        <location filename="../algorithms/features.py"/>
        <source>{layer} holds geometry collections, to which QGIS gives no coordinate system: turn them into polygons first.</source>
        <translation>تحتوي {layer} على مجموعات أشكال هندسية لا يعطيها QGIS نظام إحداثيات: حوّلها أولاً إلى مضلعات.</translation>
    </message>
    <message>
        <location filename="../algorithms/features.py"/>
        <source>{layer} has no coordinate system, so that areas on the ground are unknown: set it in the layer's properties.</source>
        <translation>ليس للطبقة {layer} نظام إحداثيات، فالمساحات على الأرض غير معروفة: حدده في خصائص الطبقة.</translation>
    </message>
    <message>
        <location filename="../algorithms/features.py"/>
        <source>Outlines of {layer} that have no place in the other layer's coordinate system and are left out: {count}. Look at its coordinate system.</source>
        <translation>حدود في {layer} لا مكان لها في نظام إحداثيات الطبقة الأخرى وتُركت: {count}. راجع نظام إحداثياتها.</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Imagery around the area (m)</source>
        <translation>الصور حول المنطقة (م)</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Of layers without a file, such as a WMS. Files are copied as they are.</source>
        <translation>للطبقات التي بلا ملف، مثل WMS. تُنسخ الملفات كما هي.</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Numbers such as 3,2,1, in the model's order. Not set: all but alpha.</source>
        <translation>أرقام مثل 3,2,1 بترتيب النموذج. دون قيمة: كلها عدا ألفا.</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Corrected dwellings</source>
        <translation>المساكن المصححة</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Reviewed area, in which no dwelling is missing</source>
        <translation>المنطقة المراجَعة التي لا ينقص فيها أي مسكن</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Field with the class of each dwelling</source>
        <translation>الحقل الذي فيه صنف كل مسكن</translation>
    </message>
    <message>
        <location filename="../algorithms/ground.py"/>
        <source>Credit that imagery or dwellings ask for</source>
        <translation>الجهة التي يجب ذكرها للصور أو المساكن</translation>
    </message>
    <message>
        <location filename="../algorithms/inputs.py"/>
        <source>{path} is an input of this run: choose another name for the output.</source>
        <translation>‏الملف {path} من مدخلات هذا التشغيل: اختر اسمًا آخر للناتج.</translation>
    </message>
    <message>
        <location filename="../algorithms/mask.py"/>
        <source>The layer of {parameter} has no polygon: choose another one, or none.</source>
        <translation>لا مضلعات في طبقة {parameter}: اختر غيرها، أو لا تختر شيئًا.</translation>
    </message>
    <message>
        <location filename="../algorithms/matching.py"/>
        <source>{layer} holds no outline of a dwelling, only points, lines or empty features, whose ground cannot be compared: choose a layer of polygons.</source>
        <translation>لا تحتوي {layer} على حدّ أي مسكن، بل على نقاط أو خطوط أو عناصر فارغة لا يمكن مقارنة أرضها: اختر طبقة مضلعات.</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Model information</source>
        <translation>معلومات النموذج</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Says what a model is made for: bands, resolution, classes, accuracy, licence, and who must be named when results are published. Nothing is run.</source>
        <translation>يبيّن ما صُنع النموذج لأجله: النطاقات الطيفية والدقة المكانية والأصناف وجودة النتائج والرخصة ومن يجب ذكره عند نشر النتائج. لا يُشغَّل أي شيء.</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Purpose</source>
        <translation>الغرض</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>File</source>
        <translation>الملف</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Size</source>
        <translation>الحجم</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Checksum</source>
        <translation>المجموع الاختباري</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Page</source>
        <translation>الصفحة</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Name and version</source>
        <translation>الاسم والإصدار</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Metres a pixel</source>
        <translation>متر لكل بكسل</translation>
    </message>
    <message>
        <location filename="../algorithms/model_info.py"/>
        <source>Threshold</source>
        <translation>العتبة</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>m</source>
        <translation>م</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>m²</source>
        <translation>م²</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>pixels</source>
        <translation>بكسل</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Give {form}.</source>
        <translation>اكتب {form}.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>{word} is {meaning}.</source>
        <translation>‏{word} تعني {meaning}.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Not set: {unset}.</source>
        <translation>‏إن لم يُحدد: {unset}.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>There is no device {name}: choose one of {known} as {parameter}.</source>
        <translation>لا يوجد معالج باسم {name}: اختر واحدًا من {known} في {parameter}.</translation>
    </message>
    <message>
        <location filename="../algorithms/outlines.py"/>
        <source>{layer} holds outlines that lie nowhere on the Earth: look at its coordinate system.</source>
        <translation>تحتوي {layer} على حدود لا تقع في أي مكان على الأرض: راجع نظام إحداثياتها.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>A dwelling belongs to the area that holds its centre, and to one alone.</source>
        <translation>ينتمي المسكن إلى المنطقة التي يقع فيها مركزه، وإليها وحدها.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>North is up; the bar is {metres} m long.</source>
        <translation>الشمال إلى أعلى؛ طول الشريط {metres} م.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>And {count} more, which are in the layer.</source>
        <translation>و{count} أخرى موجودة في الطبقة.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>No.</source>
        <translation>الرقم</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Area</source>
        <translation>المنطقة</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Dwellings</source>
        <translation>المساكن</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Covered m²</source>
        <translation>المغطى م²</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Mean m²</source>
        <translation>المتوسط م²</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Hectares</source>
        <translation>هكتار</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Per hectare</source>
        <translation>لكل هكتار</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Covered %</source>
        <translation>المغطى %</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Summary of a camp</source>
        <translation>ملخص مخيم</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Date of this page</source>
        <translation>تاريخ هذه الصفحة</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Layer of dwellings</source>
        <translation>طبقة المساكن</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Counted in</source>
        <translation>حُسبت في</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>The model is not installed here: ask who made the layer.</source>
        <translation>النموذج غير مثبّت هنا: اسأل من أعدّ الطبقة.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>{path} cannot be written: {reason}</source>
        <translation>تعذرت كتابة {path}: {reason}</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>The numbers are those of the table; small areas show none.</source>
        <translation>الأرقام هي أرقام الجدول؛ ولا يظهر رقم في المناطق الصغيرة.</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>To be named where these figures are published</source>
        <translation>من يجب ذكره حيث تُنشر هذه الأرقام</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>not stated</source>
        <translation>غير مذكور</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Licence</source>
        <translation>الرخصة</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>To be credited</source>
        <translation>من يجب ذكره</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>Dwellings a hectare</source>
        <translation>المساكن في الهكتار</translation>
    </message>
    <message>
        <location filename="../algorithms/report.py"/>
        <source>nobody</source>
        <translation>لا أحد</translation>
    </message>
    <message>
        <location filename="../algorithms/requests.py"/>
        <source>{path} cannot be read as imagery: choose a raster layer or file.</source>
        <translation>‏تتعذر قراءة {path} كصورة: اختر طبقة نقطية أو ملفًا نقطيًا.</translation>
    </message>
    <message>
        <location filename="../algorithms/requests.py"/>
        <source>{parameter} is empty: choose another one, or leave it out.</source>
        <translation>‏{parameter} فارغ: اختر غيره، أو اتركه.</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Threshold {threshold}, minimum area {area} m², tile overlap {overlap} pixels</source>
        <translation>العتبة {threshold}، أصغر مساحة {area} م²، تداخل البلاطات {overlap} بكسل</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Looked at: {width} x {height} pixels of {gsd} m; tiles: {tiles}, of them empty: {skipped}</source>
        <translation>فُحص: {width} x {height} بكسل بحجم {gsd} م؛ البلاطات: {tiles}، منها فارغة: {skipped}</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>Threshold {threshold}, tile overlap {overlap} pixels</source>
        <translation>العتبة {threshold}، تداخل البلاطات {overlap} بكسل</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>There is no valid pixel where dwellings were looked for.</source>
        <translation>لا يوجد أي بكسل صالح حيث جرى البحث عن المساكن.</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>{layer}: classes</source>
        <translation>‏{layer}: الأصناف</translation>
    </message>
    <message>
        <location filename="../algorithms/running.py"/>
        <source>{layer}: probability</source>
        <translation>‏{layer}: الاحتمال</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summarise camp</source>
        <translation>تلخيص المخيم</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Counts dwellings, the ground that they cover, their mean size and their density, in each polygon of a layer or, without one, in hexagons. A dwelling belongs to the area that holds its centre, and to one alone, so totals add up. Points are counted as well; the ground that they cover is not known. The boundaries' own fields are kept; hexagons without dwellings are left out. The report is a page to print: a picture with numbered areas, a table, and who must be named.</source>
        <translation>يحسب عدد المساكن والأرض التي تغطيها ومتوسط حجمها وكثافتها في كل مضلع من طبقة، أو في مسدسات إن لم توجد طبقة. ينتمي المسكن إلى المنطقة التي يقع فيها مركزه، وإليها وحدها، فتصح المجاميع. وتُحسب النقاط أيضًا، والأرض التي تغطيها غير معروفة. وتُحفظ حقول الحدود نفسها؛ وتُترك المسدسات التي لا مساكن فيها. والتقرير صفحة تُطبع: صورة فيها مناطق مرقّمة، وجدول، ومن يجب ذكره.</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>camp,refugee,statistics,density,count,report,hexagon</source>
        <translation>مخيم,لاجئون,إحصاءات,كثافة,عدد,تقرير,مسدس</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summary ({count})</source>
        <translation>ملخص ({count})</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Dwellings (polygons or points)</source>
        <translation>المساكن (مضلعات أو نقاط)</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Boundaries (default: hexagons)</source>
        <translation>الحدود (الافتراضي: مسدسات)</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Field with the name of each boundary</source>
        <translation>الحقل الذي يحمل اسم كل منطقة</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Width of the hexagons in metres</source>
        <translation>عرض المسدسات بالمتر</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Summary</source>
        <translation>الملخص</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>Report</source>
        <translation>التقرير</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>{layer} was given as dwellings and as boundaries: choose other boundaries, or none.</source>
        <translation>أُعطيت {layer} كمساكن وكحدود معًا: اختر حدودًا أخرى، أو لا تختر شيئًا.</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>all dwellings</source>
        <translation>كل المساكن</translation>
    </message>
    <message>
        <location filename="../algorithms/summarise.py"/>
        <source>outside of all areas</source>
        <translation>خارج كل المناطق</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} cannot be written: {reason}. Is the disk full?</source>
        <translation>لا يمكن كتابة {path}: {reason}. هل امتلأ القرص؟</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} could not be written whole: the disk may be full, or its format not hold all outlines as a GeoPackage (.gpkg) does.</source>
        <translation>تعذّرت كتابة {path} كاملًا: قد يكون القرص ممتلئًا، أو قد لا تحفظ صيغته كل الحدود كما يحفظها GeoPackage (.gpkg).</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} is being changed by another program, or by an edit in QGIS: finish that first.</source>
        <translation>يجري تغيير {path} في برنامج آخر أو في تحرير داخل QGIS: أنهِ ذلك أولًا.</translation>
    </message>
    <message>
        <location filename="../algorithms/tables.py"/>
        <source>{path} could not be written whole: is the disk full?</source>
        <translation>تعذّرت كتابة {path} كاملًا: هل امتلأ القرص؟</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>QGIS reads {path} as another name, because of the | in it: rename it.</source>
        <translation>يقرأ QGIS الاسم {path} على أنه اسم آخر بسبب العلامة | فيه: غيّر الاسم.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} must end in .tif: class and probability rasters are GeoTIFF.</source>
        <translation>يجب أن ينتهي {path} بـ ‎.tif‎: راسترات الأصناف والاحتمال بصيغة GeoTIFF.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path}: outlines and all fields cannot be written so here; the name must end in one of {endings}.</source>
        <translation>الملف {path}: لا يمكن هنا كتابة الحدود وجميع الحقول بهذه الصيغة؛ يجب أن ينتهي الاسم بأحد {endings}.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>The name {name}... is too long for a file: choose a shorter one.</source>
        <translation>الاسم {name}... أطول مما يصلح لملف: اختر اسمًا أقصر.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is no name of a file: choose another one.</source>
        <translation>‏{path} ليس اسم ملف: اختر غيره.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>The folder {folder} does not exist: make it first.</source>
        <translation>المجلد {folder} غير موجود: أنشئه أولًا.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is no folder: choose another name.</source>
        <translation>‏{path} ليس مجلدًا: اختر اسمًا آخر.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>Nothing may be written to {folder}: choose another folder.</source>
        <translation>لا يمكن الكتابة في {folder}: اختر مجلدًا آخر.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} may not be changed: choose another name.</source>
        <translation>لا يُسمح بتغيير {path}: اختر اسمًا آخر.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} cannot be opened to add a table: choose another file.</source>
        <translation>لا يمكن فتح {path} لإضافة جدول: اختر ملفًا آخر.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is named for two results: give each its own file.</source>
        <translation>حُدد {path} لنتيجتين: اجعل لكل منهما ملفها.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is a symbolic link: name the file that it leads to, or another one.</source>
        <translation>‏{path} رابط رمزي: حدد الملف الذي يؤدي إليه، أو غيره.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is a folder: name a file in it.</source>
        <translation>‏{path} مجلد: حدد ملفًا فيه.</translation>
    </message>
    <message>
        <location filename="../algorithms/targets.py"/>
        <source>{path} is a device or a pipe: choose another name.</source>
        <translation>‏{path} جهاز أو قناة: اختر اسمًا آخر.</translation>
    </message>
    <message>
        <location filename="../algorithms/writing.py"/>
        <source>The results cannot be put in place: close what has an earlier result of the same name open, such as a layer of the project ({reason})</source>
        <translation>لا يمكن وضع النتائج في مكانها: أغلق ما يفتح نتيجة سابقة بالاسم نفسه، كطبقة في المشروع ({reason})</translation>
    </message>
    <message>
        <location filename="../feedback.py"/>
        <source>Tile {done} of {total}</source>
        <translation>البلاطة {done} من {total}</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Models: {count}.</source>
        <translation>عدد النماذج: {count}.</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Camp Detector: models of a catalogue</source>
        <translation>‏Camp Detector: نماذج من فهرس</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>STAC catalogue: a file, or https://…/catalog.json</source>
        <translation>فهرس STAC: ملف، أو https://…/catalog.json</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>File…</source>
        <translation>ملف…</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Open</source>
        <translation>فتح</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>The network is used only when you press Open or Download.</source>
        <translation>لا تُستخدم الشبكة إلا عندما تضغط «فتح» أو «تنزيل».</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Download and add</source>
        <translation>تنزيل وإضافة</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Stop</source>
        <translation>إيقاف</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>{count} left out: {why}</source>
        <translation>استُبعد {count}: {why}</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>A STAC catalogue</source>
        <translation>فهرس STAC</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>STAC catalogue (*.json)</source>
        <translation>فهرس STAC (*.json)</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Reading the catalogue</source>
        <translation>قراءة الفهرس</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Downloading {name}</source>
        <translation>تنزيل {name}</translation>
    </message>
    <message>
        <location filename="../gui/catalogue_dialog.py"/>
        <source>Stopped.</source>
        <translation>أُوقف.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>{name} was added; its checksum was verified.</source>
        <translation>أُضيف {name}؛ وجرى التحقق من مجموعه الاختباري.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>not known</source>
        <translation>غير معروفة</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>{name} is already there.</source>
        <translation>‏{name} موجود من قبل.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>in the folder {place}</source>
        <translation>في المجلد {place}</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>longitude {west} to {east}, latitude {south} to {north}</source>
        <translation>خط الطول من {west} إلى {east}، خط العرض من {south} إلى {north}</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy, test</source>
        <translation>الجودة، الاختبار</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy, validation</source>
        <translation>الجودة، التحقق</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>dwellings</source>
        <translation>المساكن</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Training area</source>
        <translation>منطقة التدريب</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Origin</source>
        <translation>المصدر</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>came with the plugin</source>
        <translation>جاء مع الإضافة</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>added from {place}</source>
        <translation>أُضيف من {place}</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>shown on the map</source>
        <translation>معروضة على الخريطة</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Accuracy</source>
        <translation>الجودة</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Models (*.onnx *.dlpk *.json)</source>
        <translation>نماذج (*.onnx *.dlpk *.json)</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Camp Detector: models</source>
        <translation>‏Camp Detector: النماذج</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a file…</source>
        <translation>إضافة ملف…</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a folder…</source>
        <translation>إضافة مجلد…</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>From a catalogue…</source>
        <translation>من فهرس…</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Remove</source>
        <translation>إزالة</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Use by default</source>
        <translation>استخدام افتراضي</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Zoom to training area</source>
        <translation>تكبير إلى منطقة التدريب</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Add a model</source>
        <translation>إضافة نموذج</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>A folder with models</source>
        <translation>مجلد فيه نماذج</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>Remove {name} from this computer?</source>
        <translation>هل تريد إزالة {name} من هذا الحاسوب؟</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>{name} (default)</source>
        <translation>‏{name} (افتراضي)</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>{name} was removed.</source>
        <translation>أُزيل {name}.</translation>
    </message>
    <message>
        <location filename="../gui/models_dialog.py"/>
        <source>There is no model yet: add a file.</source>
        <translation>لا يوجد نموذج بعد: أضف ملفًا.</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Default device</source>
        <translation>المعالج الافتراضي</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Of the preview, and the first choice in the algorithms.</source>
        <translation>معالج المعاينة، والاختيار الأول في الخوارزميات.</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Default model</source>
        <translation>النموذج الافتراضي</translation>
    </message>
    <message>
        <location filename="../gui/options.py"/>
        <source>Folders with models</source>
        <translation>مجلدات النماذج</translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>{layer} is not on the map: zoom to the layer.</source>
        <translation>الطبقة {layer} ليست على الخريطة: كبّر إلى الطبقة.</translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>The map shows {million} million pixels of the model, too many for a preview (at most {most}): zoom in.</source>
        <translation>تعرض الخريطة {million} مليون بكسل من بكسلات النموذج، وهذا كثير على المعاينة (الحد الأقصى {most}): كبّر الخريطة.</translation>
    </message>
    <message>
        <location filename="../gui/preview.py"/>
        <source>The map shows no place that {layer} knows: zoom to the layer.</source>
        <translation>لا تعرض الخريطة مكانًا تعرفه {layer}: كبّر إلى الطبقة.</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Dwellings on the visible map at threshold {threshold}: {count}, covering {area} m².</source>
        <translation>المساكن على الخريطة الظاهرة عند العتبة {threshold}: {count}، وتغطي {area} م².</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Camp Detector: preview</source>
        <translation>‏Camp Detector: معاينة</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Preview the visible map</source>
        <translation>معاينة الخريطة الظاهرة</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Clear</source>
        <translation>مسح</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Detect in the whole layer…</source>
        <translation>الكشف في الطبقة كلها…</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Layer</source>
        <translation>الطبقة</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Previewing {layer}</source>
        <translation>معاينة {layer}</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>This layer has no end, so the dialog opens with the extent of the map.</source>
        <translation>لا نهاية لهذه الطبقة، لذلك تُفتح النافذة بامتداد الخريطة.</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Choose a raster layer and a model.</source>
        <translation>اختر طبقة راستر ونموذجًا.</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Drawing dwellings</source>
        <translation>رسم المساكن</translation>
    </message>
    <message>
        <location filename="../gui/preview_dock.py"/>
        <source>Detect in the visible map…</source>
        <translation>الكشف في الخريطة الظاهرة…</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: probability</source>
        <translation>معاينة: الاحتمال</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: dwellings</source>
        <translation>معاينة: المساكن</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: 1 dwelling</source>
        <translation>معاينة: مسكن واحد</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>Preview: {count} dwellings</source>
        <translation>معاينة: عدد المساكن {count}</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>below {value}</source>
        <translation>أقل من {value}</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>from {value}</source>
        <translation>من {value}</translation>
    </message>
    <message>
        <location filename="../gui/preview_layers.py"/>
        <source>near 1</source>
        <translation>قرب 1</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Remove Camp Detector's ONNX Runtime?</source>
        <translation>هل تريد إزالة ONNX Runtime الخاص بـ Camp Detector؟</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime, which runs the models, cannot be loaded ({reason}): install it anew.</source>
        <translation>‏ONNX Runtime، الذي يشغّل النماذج، لا يمكن تحميله ({reason}): ثبّته من جديد.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>I agree that it is fetched from the Python Package Index (about 30 MB) and installed for Camp Detector alone.</source>
        <translation>أوافق على جلبه من Python Package Index (نحو 30 ميغابايت) وتثبيته لـ Camp Detector وحده.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Download and install</source>
        <translation>تنزيل وتثبيت</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Install from a wheel file…</source>
        <translation>التثبيت من ملف wheel…</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>It goes into a folder of your QGIS profile. QGIS' own Python and its numpy are left as they are, and it counts only after it has worked beside them.</source>
        <translation>يوضع في مجلد من ملفك الشخصي في QGIS. يبقى Python الخاص بـ QGIS و numpy الخاص به كما هما، ولا يُعتمد إلا بعد أن يعمل إلى جانبهما.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Install</source>
        <translation>التثبيت</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processor</source>
        <translation>المعالج</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Without a network: this line gets the wheel file for this QGIS on another computer that has Python.</source>
        <translation>بلا شبكة: يجلب هذا السطر ملف wheel المناسب لهذا QGIS على حاسوب آخر فيه Python.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime {version} is ready.</source>
        <translation>‏ONNX Runtime {version} جاهز.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>numpy of QGIS: {version}</source>
        <translation>‏numpy في QGIS: {version}</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Installing ONNX Runtime</source>
        <translation>تثبيت ONNX Runtime</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>A wheel of ONNX Runtime</source>
        <translation>ملف wheel لـ ONNX Runtime</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Python wheel (*.whl)</source>
        <translation>ملف wheel لـ Python (*.whl)</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Camp Detector: runtime</source>
        <translation>‏Camp Detector: محرك التشغيل</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Camp Detector's own</source>
        <translation>الخاص بـ Camp Detector</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>of QGIS' Python</source>
        <translation>الخاص بـ Python في QGIS</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Loaded from: {folder} ({where})</source>
        <translation>محمّل من: {folder} ({where})</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processors: {names}</source>
        <translation>المعالجات: {names}</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>ONNX Runtime {version} is installed.</source>
        <translation>ثُبّت ONNX Runtime {version}.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Processor (CPU); works everywhere</source>
        <translation>المعالج (CPU)؛ يعمل في كل مكان</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Any GPU of Windows (DirectML)</source>
        <translation>أي معالج رسومي في Windows (DirectML)</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>NVIDIA GPU; needs CUDA and cuDNN (about 200 MB)</source>
        <translation>معالج رسومي NVIDIA؛ يحتاج إلى CUDA و cuDNN (نحو 200 ميغابايت)</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Stopped; nothing was changed.</source>
        <translation>أُوقف؛ لم يتغير شيء.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Removed; what is loaded goes on until QGIS is closed.</source>
        <translation>أُزيل؛ ويستمر المحمّل منه حتى يُغلق QGIS.</translation>
    </message>
    <message>
        <location filename="../gui/runtime_dialog.py"/>
        <source>Start QGIS again to use it.</source>
        <translation>أعد تشغيل QGIS لاستخدامه.</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>python.exe or python3 of an environment</source>
        <translation>ملف python.exe أو python3 في بيئة</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Camp Detector {version} is there: it can adapt.</source>
        <translation>يوجد Camp Detector {version} هناك: يمكنه التكييف.</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>A Python</source>
        <translation>برنامج Python</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Python with the training, for Adapt model</source>
        <translation>برنامج Python الذي فيه التدريب، لأجل «تكييف النموذج»</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Browse…</source>
        <translation>استعراض…</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Check</source>
        <translation>فحص</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Only needed to adapt models. It is a Python of its own, not that of QGIS, in which Camp Detector is installed with its training.</source>
        <translation>لا يلزم إلا لتكييف النماذج. وهو برنامج Python مستقل عن QGIS، مثبّت فيه Camp Detector مع تدريبه.</translation>
    </message>
    <message>
        <location filename="../gui/training_python.py"/>
        <source>Looking at a Python</source>
        <translation>فحص برنامج Python</translation>
    </message>
    <message>
        <location filename="../gui/work.py"/>
        <source>Something unexpected went wrong ({kind}); the log messages panel, tab Camp Detector, holds the details.</source>
        <translation>حدث خطأ غير متوقع ({kind})؛ التفاصيل في لوحة رسائل السجل، تبويب Camp Detector.</translation>
    </message>
    <message>
        <location filename="../jobs.py"/>
        <source>Model {id} on {where}</source>
        <translation>النموذج {id} على {where}</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>{layer} does not say where it ends: choose an extent.</source>
        <translation>لا تذكر {layer} أين تنتهي: اختر نطاقًا.</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>The extent reaches beyond all places that {layer} can have: choose one that holds the camp.</source>
        <translation>يتجاوز النطاق كل ما يمكن أن تشمله {layer} من أماكن: اختر نطاقًا يضم المخيم.</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>{layer} has pixels of {finest} m at best, too coarse for {wanted} m: small things are not in the picture. Choose finer imagery, or give {finest} as {parameter} to run it all the same.</source>
        <translation>‏أدق بكسلات {layer} هي {finest} م، وهي أخشن من {wanted} م: لا تظهر فيها الأشياء الصغيرة. اختر صورًا أدق، أو اجعل {finest} قيمة {parameter} للتشغيل رغم ذلك.</translation>
    </message>
    <message>
        <location filename="../lattices.py"/>
        <source>The extent holds no part of {layer}: choose another.</source>
        <translation>لا يحوي النطاق أي جزء من {layer}: اختر غيره.</translation>
    </message>
    <message>
        <location filename="../layers.py"/>
        <source>The raster layer cannot be read: load it again.</source>
        <translation>تعذرت قراءة طبقة الراستر: حمّلها من جديد.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is no STAC catalogue, collection or item.</source>
        <translation>‏{place} ليس فهرس STAC ولا مجموعة ولا عنصرًا.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>The catalogue gives no SHA-256 for {name}, so it cannot be told whether the file is whole: ask its publisher.</source>
        <translation>لا يذكر الفهرس SHA-256 للنموذج {name}، فلا يمكن معرفة ما إذا كان الملف كاملًا: اسأل ناشره.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is not the file that the catalogue describes (its checksum differs): it was not added.</source>
        <translation>‏{place} ليس الملف الذي يصفه الفهرس (مجموعه الاختباري مختلف): لم يُضَف.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} and its catalogue describe different models.</source>
        <translation>‏{place} وفهرسه يصفان نموذجين مختلفين.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} is no model of Camp Detector.</source>
        <translation>‏{place} ليس نموذجًا من نماذج Camp Detector.</translation>
    </message>
    <message>
        <location filename="../models/catalogue.py"/>
        <source>{place} leads to {href}, which does not lie in the catalogue.</source>
        <translation>‏{place} يقود إلى {href}، وهو ليس في الفهرس.</translation>
    </message>
    <message>
        <location filename="../models/installed.py"/>
        <source>{path} has changed since it was added (its checksum differs): remove the model and add it again.</source>
        <translation>تغيّر {path} منذ إضافته (مجموعه الاختباري مختلف): أزل النموذج وأضفه مرة أخرى.</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>none</source>
        <translation>لا شيء</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>There is no model {name} (there are: {known}): add it under Plugins &gt; Camp Detector &gt; Models, or give its file as “Another model file” (MODEL_FILE).</source>
        <translation>لا يوجد نموذج باسم {name} (الموجود: {known}): أضفه من الإضافات &gt; Camp Detector &gt; النماذج، أو حدد ملفه في «ملف نموذج آخر» (MODEL_FILE).</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>{name} was not added here, so it is not removed here.</source>
        <translation>لم يُضَف {name} هنا، فلا يُزال هنا.</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>The model could not be stored in {folder}: {reason}</source>
        <translation>تعذر حفظ النموذج في {folder}: {reason}</translation>
    </message>
    <message>
        <location filename="../models/library.py"/>
        <source>{name} could not be removed: {reason}</source>
        <translation>تعذرت إزالة {name}: {reason}</translation>
    </message>
    <message>
        <location filename="../models/network.py"/>
        <source>{url} could not be fetched: {reason}</source>
        <translation>تعذر جلب {url}: {reason}</translation>
    </message>
    <message>
        <location filename="../models/network.py"/>
        <source>{url} is no address of a web page.</source>
        <translation>‏{url} ليس عنوانًا على الويب.</translation>
    </message>
    <message>
        <location filename="../plugin.py"/>
        <source>A run of Camp Detector does not stop: start QGIS again.</source>
        <translation>تشغيلٌ من Camp Detector لا يتوقف: أعد تشغيل QGIS.</translation>
    </message>
    <message>
        <location filename="../provider.py"/>
        <source>Camp Detector: dwellings in drone and satellite imagery</source>
        <translation>‏Camp Detector: مساكن في صور الطائرات المسيّرة والأقمار الصناعية</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>parts of it are missing</source>
        <translation>أجزاء منه ناقصة</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>ONNX Runtime was fetched but does not work with this QGIS: {reason}</source>
        <translation>جُلب ONNX Runtime لكنه لا يعمل مع نسخة QGIS هذه: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>This would put numpy {other} in the place of QGIS' numpy {own}, so it was not installed.</source>
        <translation>كان هذا سيضع numpy {other} مكان numpy {own} الخاص بـ QGIS، فلم يُثبَّت.</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>ONNX Runtime could not be tried out: {reason}</source>
        <translation>تعذرت تجربة ONNX Runtime: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/check.py"/>
        <source>it gave a wrong result</source>
        <translation>أعطى نتيجة خاطئة</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>{device} cannot be used ({reason}), so the model runs on the processor.</source>
        <translation>تعذر استخدام {device} ({reason})، فيعمل النموذج على المعالج.</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>this ONNX Runtime is not made for it</source>
        <translation>لم يُصنع ONNX Runtime هذا له</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>its driver or a library is missing</source>
        <translation>ينقص برنامج تشغيله أو مكتبة</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Automatic: a GPU where there is one</source>
        <translation>تلقائي: معالج رسومي إن وُجد</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Processor (CPU)</source>
        <translation>المعالج (CPU)</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>NVIDIA GPU (CUDA)</source>
        <translation>معالج رسومي NVIDIA (CUDA)</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>GPU through DirectML</source>
        <translation>معالج رسومي عبر DirectML</translation>
    </message>
    <message>
        <location filename="../runtime/devices.py"/>
        <source>Apple GPU (Core ML)</source>
        <translation>معالج رسومي Apple (Core ML)</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>ONNX Runtime wants the Python package {name}, which this QGIS lacks: install another version.</source>
        <translation>يحتاج ONNX Runtime إلى حزمة Python {name} غير الموجودة في QGIS هذا: ثبّت إصدارًا آخر.</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Trying it out beside QGIS' numpy</source>
        <translation>تجربته إلى جانب numpy الخاص بـ QGIS</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Fetching {name}</source>
        <translation>جلب {name}</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>Unpacking {name}</source>
        <translation>فك ضغط {name}</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>The installation was stopped.</source>
        <translation>أُوقف التثبيت.</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>{folder} cannot be written: {reason}</source>
        <translation>تعذرت الكتابة في {folder}: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/install.py"/>
        <source>What was fetched brings {name}, which belongs to QGIS, so it was not installed.</source>
        <translation>يحمل ما جُلب {name}، وهو من QGIS، فلم يُثبَّت.</translation>
    </message>
    <message>
        <location filename="../runtime/loading.py"/>
        <source>ONNX Runtime, which runs the models, is not installed: install it under Plugins &gt; Camp Detector &gt; Runtime.</source>
        <translation>‏ONNX Runtime، الذي يشغّل النماذج، غير مثبّت: ثبّته من الإضافات &gt; Camp Detector &gt; محرك التشغيل.</translation>
    </message>
    <message>
        <location filename="../runtime/loading.py"/>
        <source>ONNX Runtime, which runs the models, cannot be loaded ({reason}): install it anew under Plugins &gt; Camp Detector &gt; Runtime.</source>
        <translation>تعذر تحميل ONNX Runtime، الذي يشغّل النماذج ({reason}): ثبّته من جديد من الإضافات &gt; Camp Detector &gt; محرك التشغيل.</translation>
    </message>
    <message>
        <location filename="../runtime/offline.py"/>
        <source>{name} is for {theirs} and this QGIS needs {own}: get the wheel with the line that Plugins &gt; Camp Detector &gt; Runtime shows.</source>
        <translation>الملف {name} مخصص لـ {theirs} وهذا QGIS يحتاج إلى {own}: اجلب ملف wheel بالسطر الذي يظهر في الإضافات &gt; Camp Detector &gt; محرك التشغيل.</translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>QGIS' Python has no pip to fetch {what} with: choose a wheel file.</source>
        <translation>لا يوجد pip في Python الخاص بـ QGIS لجلب {what}: اختر ملف wheel.</translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>{what} could not be fetched; pip says: {reason}</source>
        <translation>تعذر جلب {what}؛ يقول pip: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/pip.py"/>
        <source>QGIS' Python could not be started: {reason}</source>
        <translation>تعذر بدء Python الخاص بـ QGIS: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/python.py"/>
        <source>The Python program of this QGIS was not found beside it, so nothing can be tried out: install onnxruntime with the installer of QGIS.</source>
        <translation>لم يُعثر على برنامج Python الخاص بـ QGIS هذا إلى جانبه، فلا يمكن تجربة شيء: ثبّت onnxruntime بمثبّت QGIS.</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>{path} is damaged, or no wheel: {reason}</source>
        <translation>‏{path} تالف، أو ليس ملف wheel: {reason}</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>{path} is no wheel of ONNX Runtime: choose a file onnxruntime-….whl</source>
        <translation>‏{path} ليس ملف wheel لـ ONNX Runtime: اختر ملف onnxruntime-….whl</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>it unpacks to too much</source>
        <translation>حجمه بعد فك الضغط كبير جدًا</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>a file in it leads out of its folder</source>
        <translation>فيه ملف يقود إلى خارج مجلده</translation>
    </message>
    <message>
        <location filename="../runtime/wheels.py"/>
        <source>it holds a link</source>
        <translation>فيه رابط</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>{layer} gave no imagery here: check the connection and the extent, then run it again.</source>
        <translation>‏لم تعطِ {layer} أي صورة هنا: تحقق من الاتصال والنطاق، ثم أعد التشغيل.</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>{missing} of {count} map tiles or pictures do not exist on the server.</source>
        <translation>‏{missing} من {count} من بلاطات الخريطة أو الصور غير موجودة على الخادم.</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>{share} % of the imagery is empty: the layer has no pixels there. No dwelling is found there; look at the layer, and run it again if there should be some.</source>
        <translation>‏{share} % من الصور فارغة: لا توجد للطبقة بكسلات هناك. لا يُعثر على مساكن فيها؛ انظر إلى الطبقة وأعد التشغيل إن كان ينبغي أن توجد.</translation>
    </message>
    <message>
        <location filename="../server_errors.py"/>
        <source>QGIS does not say why some of the imagery is missing: it may not exist, or the server refused it. Look at the log messages, tab WMS.</source>
        <translation>لا يقول QGIS لماذا ينقص بعض الصور: ربما لا توجد، أو رفضها الخادم. انظر إلى رسائل السجل، علامة التبويب WMS.</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>the layer {name}</source>
        <translation>الطبقة {name}</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>{layer} would have {width} x {height} pixels: choose an extent that holds the camp.</source>
        <translation>ستكون {layer} بحجم {width} × {height} بكسل: اختر نطاقًا يضم المخيم.</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>The value {x} is no image, as the layer says.</source>
        <translation>القيمة {x} ليست صورة، كما تذكر الطبقة.</translation>
    </message>
    <message>
        <location filename="../sources.py"/>
        <source>{name} cannot be opened ({reason}): load the layer again.</source>
        <translation>‏تعذر فتح {name} ({reason}): حمّل الطبقة من جديد.</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>appeared</source>
        <translation>ظهر</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>vanished</source>
        <translation>اختفى</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>changed (split, merged or enlarged)</source>
        <translation>تغيّر (قُسم أو دُمج أو وُسّع)</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>unchanged</source>
        <translation>بلا تغير</translation>
    </message>
    <message>
        <location filename="../styling.py"/>
        <source>background</source>
        <translation>الخلفية</translation>
    </message>
    <message>
        <location filename="../tiles/store.py"/>
        <source>a map tile is no picture, or damaged</source>
        <translation>بلاطة من الخريطة ليست صورة أو تالفة</translation>
    </message>
    <message>
        <location filename="../tiles/store.py"/>
        <source>The layer's tiles do not have {side} pixels a side, as it says, and were resampled: set the resolution of the tiles in the layer's connection.</source>
        <translation>لا يبلغ ضلع بلاطات الطبقة {side} بكسل كما تقول، وقد أُعيد تشكيلها: اضبط دقّة البلاطات في اتصال الطبقة.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>{server} did not give the imagery ({reason}): try again later, or with a smaller extent.</source>
        <translation>‏{server} لم يقدّم الصور ({reason}): حاول مرة أخرى لاحقًا، أو بنطاق أصغر.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>The server</source>
        <translation>الخادم</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>The certificate of {server} cannot be trusted ({reason}): check the address and the clock of this computer.</source>
        <translation>لا يمكن الوثوق بشهادة {server} ({reason}): تحقّق من العنوان ومن ساعة هذا الحاسوب.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>{server} refuses access ({reason}): the layer needs a valid key or log-in, or the imagery is not open to you.</source>
        <translation>يرفض {server} الوصول ({reason}): تحتاج الطبقة إلى مفتاح أو تسجيل دخول صالح، أو أن الصور غير متاحة لك.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>{server} sends {kind} in place of imagery: look with a browser whether its address is right, or a key or a log-in is missing.</source>
        <translation>يرسل {server} {kind} بدلًا من الصور: انظر بمتصفّح هل العنوان صحيح، أم ينقص مفتاح أو تسجيل دخول.</translation>
    </message>
    <message>
        <location filename="../web/answers.py"/>
        <source>it did not answer in time</source>
        <translation>لم يجب في الوقت المحدد</translation>
    </message>
    <message>
        <location filename="../web/exchange.py"/>
        <source>it is larger than {limit} MiB</source>
        <translation>حجمه أكبر من {limit} ميبيبايت</translation>
    </message>
    <message>
        <location filename="../web/exchange.py"/>
        <source>it leads elsewhere</source>
        <translation>إنه يقود إلى مكان آخر</translation>
    </message>
    <message>
        <location filename="../words.py"/>
        <source>Polygons larger than {most} m², which hardly any dwelling is: {count}. Look there first: borders and holes of one colour that the layer does not call nodata are taken for roofs; give that colour as {nodata}, or as the layer's additional no data value, to leave them out.</source>
        <translation>‏مضلعات أكبر من {most} م²، وقلّما يكون مسكن بهذا الحجم: {count}. انظر إليها أولًا: تُحسب الحواف والفجوات ذات اللون الواحد، التي لا تعدّها الطبقة بلا بيانات، أسطحًا؛ أدخل ذلك اللون في {nodata}، أو قيمةً إضافية بلا بيانات للطبقة، لاستبعادها.</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>are told apart</source>
        <translation>تُميَّز بعضها عن بعض</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>are taken for one dwelling</source>
        <translation>تُعدّ مسكنًا واحدًا</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>{gsd} m a pixel; other imagery is resampled</source>
        <translation>‏{gsd} م لكل بكسل؛ والصور الأخرى يُعاد اعتيانها</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Classes</source>
        <translation>الأصناف</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Bands, in this order</source>
        <translation>النطاقات الطيفية، بهذا الترتيب</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Resolution</source>
        <translation>الدقة المكانية</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Tiles, overlap</source>
        <translation>البلاطات، التداخل</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Smallest dwelling</source>
        <translation>أصغر مسكن</translation>
    </message>
    <message>
        <location filename="../gui/facts.py"/>
        <source>Touching dwellings</source>
        <translation>المساكن المتلاصقة</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Imagery</source>
        <translation>الصور</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Imagery from above: a raster file or layer, also WMS, XYZ tiles and virtual layers. It needs the bands that the model names, and pixels about as large as those that the model was trained on; others are resampled.</source>
        <translation>صور من الأعلى: ملف أو طبقة صورة نقطية، ومنها WMS وبلاطات XYZ والطبقات الافتراضية. يلزم أن تحوي النطاقات التي يذكرها النموذج، وأن تكون بكسلاتها قريبة في حجمها مما دُرِّب عليه؛ وما عداها يُعاد اعتيانه.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Probability raster</source>
        <translation>راستر الاحتمال</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Class raster</source>
        <translation>راستر الأصناف</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Extent</source>
        <translation>النطاق</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>The part of the raster to work on.</source>
        <translation>الجزء الذي يُعالَج من الصورة النقطية.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Pixels whose centre lies in no polygon are taken as missing.</source>
        <translation>تُعد البكسلات التي لا يقع مركزها داخل أي مضلع مفقودة.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Probability from which a pixel is dwelling: lower marks more ground and lets neighbours grow together, higher marks less.</source>
        <translation>الاحتمال الذي يُعد البكسل ابتداءً منه مسكنًا: الأقل يحدد أرضًا أكثر ويجعل المساكن المتجاورة تلتحم، والأعلى يحدد أقل.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>the model's</source>
        <translation>قيمة النموذج</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Minimum area</source>
        <translation>أصغر مساحة</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Smallest dwelling in square metres; smaller ones are left out.</source>
        <translation>أصغر مسكن بالمتر المربع؛ ويُستبعد ما هو أصغر.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Tile size</source>
        <translation>حجم البلاطة</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Side of the tiles that the model sees, a multiple of its step (usually 32). Larger ones need more memory.</source>
        <translation>طول ضلع البلاطات التي يراها النموذج، من مضاعفات خطوته (وهي 32 عادةً). والأكبر يحتاج إلى ذاكرة أكثر.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>up to the model's, as fits the imagery best</source>
        <translation>حتى قيمة النموذج، بحسب الأنسب للصور</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Tile overlap</source>
        <translation>تداخل البلاطات</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Pixels that neighbouring tiles share, less than half of a tile.</source>
        <translation>البكسلات المشتركة بين البلاطات المتجاورة، أقل من نصف البلاطة.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Straighten outlines by</source>
        <translation>تقويم الحدود بمقدار</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Straighten outlines by at most this; 0 keeps every pixel edge.</source>
        <translation>تقويم الحدود بهذا المقدار على الأكثر؛ و0 يبقي كل حافة من حواف البكسلات.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>one pixel</source>
        <translation>بكسل واحد</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Square corners</source>
        <translation>زوايا قائمة</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Make nearly rectangular outlines rectangles.</source>
        <translation>تحويل الحدود القريبة من المستطيل إلى مستطيلات.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Separate dwellings that touch</source>
        <translation>فصل المساكن المتلاصقة</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Separate dwellings that touch, at no cost in time; else each connected patch is one dwelling.</source>
        <translation>فصل المساكن المتلاصقة دون كلفة في الوقت؛ وإلا عُدّت كل بقعة متصلة مسكنًا واحدًا.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Average over flips and turns</source>
        <translation>حساب المتوسط على الانعكاسات والتدويرات</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Average the answers to the 8 flips and turns of each tile (4 where tiles are not square). Takes 8 times as long, for outlines that are a little truer.</source>
        <translation>حساب متوسط الإجابات على الانعكاسات والتدويرات الثمانية لكل بلاطة (4 إن لم تكن مربعة). يستغرق 8 أضعاف الوقت، مقابل حدود أدق قليلًا.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Bands</source>
        <translation>النطاقات الطيفية</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Bands of the raster in the order of the model's, e.g. 3,2,1.</source>
        <translation>نطاقات الصورة النقطية بترتيب نطاقات النموذج، مثل 3,2,1.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>by name or colour, else those that the map shows, else the first ones</source>
        <translation>بالاسم أو اللون، وإلا فما تعرضه الخريطة، وإلا فالأولى</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Stretch</source>
        <translation>التمديد</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Raw values that become black and white.</source>
        <translation>القيم الأصلية التي تصير أسود وأبيض.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>percentile or LOW,HIGH with LOW below HIGH</source>
        <translation>إما percentile أو حدًّا أدنى وحدًّا أعلى بينهما فاصلة، مثل 0,255</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>the 2nd and 98th percentile of the whole raster</source>
        <translation>المئينان 2 و98 للصورة النقطية كلها</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>none for the dtype of the model, else percentile</source>
        <translation>بلا تمديد لنوع بيانات النموذج، وإلا percentile</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>NoData value</source>
        <translation>قيمة NoData</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Raw value of pixels without image, e.g. 255 for white borders.</source>
        <translation>القيمة الأصلية للبكسلات التي بلا صورة، مثل 255 للحواف البيضاء.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>what the raster says, and the layer's additional no data value</source>
        <translation>ما تذكره الصورة النقطية، وقيمة انعدام البيانات الإضافية للطبقة</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Metres a pixel to work at.</source>
        <translation>عدد الأمتار لكل بكسل عند المعالجة.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>the raster's own within 10 % of the model's, else the model's</source>
        <translation>دقة الصورة إن كانت في حدود 10 % من دقة النموذج، وإلا فدقة النموذج</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Let the imagery read files outside of its folder</source>
        <translation>السماح للصورة بقراءة ملفات خارج مجلدها</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Let virtual rasters and the like read files outside of their folder and servers; only for files that you trust.</source>
        <translation>السماح للصور النقطية الافتراضية وأمثالها بقراءة ملفات خارج مجلدها وخوادم؛ للملفات التي تثق بها فقط.</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>Device</source>
        <translation>المعالج</translation>
    </message>
    <message>
        <location filename="../algorithms/options.py"/>
        <source>What runs the model.</source>
        <translation>ما يشغّل النموذج.</translation>
    </message>
</context>
</TS>
